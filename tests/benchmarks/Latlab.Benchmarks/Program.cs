using BenchmarkDotNet.Running;
using Latlab.Benchmarks;

BenchmarkRunner.Run<AllocationBenchmarks>(args: args);
