using RaftActors.Core;

namespace RaftActors;

/// <summary>A committed pair.</summary>
/// <param name="Serial">Its number: 1, 2, 3 and so on without a hole, the same on every process.</param>
/// <param name="Key">Its key.</param>
/// <param name="Value">Its value.</param>
/// <param name="Request">
/// In HandleAppend, on the process that appended it: what Append returned. In HandleSerial: what Get returned. Otherwise none.
/// </param>
public sealed record Entry<TValue>(Serial Serial, string Key, TValue Value, RequestRef? Request = null);
