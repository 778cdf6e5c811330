using Akka.Configuration;

using RaftActors.Core.Codec;

using static RaftActors.RaftConfigurationException;

namespace RaftActors.Settings;

/// <summary>The limits of pairs and messages. Bytes are those of keys and values.</summary>
/// <param name="PairSizeMaxBytes">The size of the largest pair.</param>
/// <param name="UncommittedSizeMaxBytes">The bytes of pairs that a leader takes before they are committed.</param>
/// <param name="MaxInflightMessages">The number of unanswered messages with entries to one process.</param>
/// <param name="InflightSizeMaxBytes">The bytes of those messages, and of a process's Appends under way.</param>
/// <param name="LogMemoryMaxBytes">The bytes of the log in memory, with its own memory for each entry.</param>
internal sealed record LimitSettings(
    int PairSizeMaxBytes, long UncommittedSizeMaxBytes, int MaxInflightMessages, long InflightSizeMaxBytes, long LogMemoryMaxBytes)
{
    /// <param name="config">The configuration of <c>raft</c>, or of a group.</param>
    public static LimitSettings Read(Config config) => new(
        (int)Math.Clamp(config.ReadSize("pair-size-max"), 1, int.MaxValue),
        config.ReadSize("uncommitted-size-max"),
        config.ReadNumber("in-flight.messages-max"),
        config.ReadSize("in-flight.size-max"),
        config.ReadSize("log-memory-max"));

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

    /// <exception cref="RaftConfigurationException">A setting is out of range.</exception>
    public void Validate()
    {
        Demand(UncommittedSizeMaxBytes >= 1, $"raft.uncommitted-size-max is {UncommittedSizeMaxBytes}; it must be 1 byte or more.");
        Demand(MaxInflightMessages >= 1, $"raft.in-flight.messages-max is {MaxInflightMessages}; it must be 1 or more.");
        Demand(InflightSizeMaxBytes >= 1, $"raft.in-flight.size-max is {InflightSizeMaxBytes}; it must be 1 byte or more.");
        Demand(LogMemoryMaxBytes >= 1, $"raft.log-memory-max is {LogMemoryMaxBytes}; it must be 1 byte or more.");
    }
}
