using Akka.Configuration;

using RaftActors.Core.Codec;

namespace RaftActors.Settings;

/// <summary>The limits of pairs and messages. Bytes are those of keys and values.</summary>
/// <param name="raft">The configuration of <c>raft</c>, or of a group.</param>
internal sealed class LimitSettings(Config raft)
{
    public int PairSizeMaxBytes { get; } = (int)raft.ReadSize("pair-size-max");

    /// <summary>The bytes of pairs that a leader takes before they are committed.</summary>
    public long UncommittedSizeMaxBytes { get; } = raft.ReadSize("uncommitted-size-max");

    /// <summary>The number of unanswered messages with entries to one process.</summary>
    public int MaxInflightMessages { get; } = raft.ReadNumber("in-flight.messages-max");

    /// <summary>The bytes of those messages, and of a process's Appends under way.</summary>
    public long InflightSizeMaxBytes { get; } = raft.ReadSize("in-flight.size-max");

    /// <summary>The bytes of the log in memory, with its own memory for each entry.</summary>
    public long LogMemoryMaxBytes { get; } = raft.ReadSize("log-memory-max");

    /// <exception cref="ArgumentException">The pair exceeds <c>raft.pair-size-max</c>.</exception>
    public void DemandFits(string key, int valueSize)
    {
        var size = StrictText.SizeOf(key) + valueSize;
        if (size > PairSizeMaxBytes)
        {
            throw new ArgumentException(
                $"The pair of key '{key[..Math.Min(key.Length, 40)]}' has {size} bytes, and raft.pair-size-max is {PairSizeMaxBytes}. "
                + "Store large values elsewhere and append a reference to them, or raise raft.pair-size-max.");
        }
    }
}
