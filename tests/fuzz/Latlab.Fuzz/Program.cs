using System.Globalization;
using Latlab.Fuzz;

// usage: Latlab.Fuzz [COUNT [SEED]]
var count = args.Length > 0 ? long.Parse(args[0], CultureInfo.InvariantCulture) : 1_000_000;
var seed = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1;
var fuzzer = new ReaderFuzzer(seed);
for (var done = 0L; done < count;)
{
    var part = Math.Min(100_000, count - done);
    fuzzer.Run(part);
    done += part;
    Console.WriteLine($"{done} mutations: {fuzzer.Refused} refused, {fuzzer.WithProblems} read with problems, {fuzzer.Whole} read without, {fuzzer.Compared} in pieces as well, at most {fuzzer.MostAllocated} bytes allocated for one");
}
