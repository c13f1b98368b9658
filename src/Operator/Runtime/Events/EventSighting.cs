namespace Latlab.Operator.Runtime;

/// <summary>An occurrence of an event among those before.</summary>
/// <param name="Count">How many there were, this one included.</param>
/// <param name="First">When the first one was, UTC.</param>
/// <param name="IsFirst">No earlier one is remembered.</param>
/// <param name="IsWorthSending">False when the same came so often that the next one may as well carry this one's count.</param>
internal readonly record struct EventSighting(int Count, DateTime First, bool IsFirst, bool IsWorthSending);
