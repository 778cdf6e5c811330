using Akka.Configuration;

using RaftActors.Core.Codec;

namespace RaftActors.Settings;

/// <summary>The limits of pairs and messages. Bytes are those of keys and values.</summary>
/// <param name="raft">The configuration of <c>raft</c>, or of a group.</param>
internal sealed class LimitSettings(Config raft)
{
    public int PairSizeMaxBytes { get; } = (int)raft.ReadSize("pair-size-max");

    public long UncommittedSizeMaxBytes { get; } = raft.ReadSize("uncommitted-size-max");

    public int MaxInflightMessages { get; } = raft.ReadNumber("in-flight.messages-max");

    public long InflightSizeMaxBytes { get; } = raft.ReadSize("in-flight.size-max");

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

    /// <exception cref="ArgumentException">The batch exceeds <c>raft.pair-size-max</c>.</exception>
    public void DemandFits(int count, int batchSize)
    {
        if (batchSize > PairSizeMaxBytes)
        {
            throw new ArgumentException(
                $"The batch of {count} pairs has {batchSize} bytes, and raft.pair-size-max is {PairSizeMaxBytes}, because a batch is one "
                + "entry of the log. Append fewer pairs at once, or raise raft.pair-size-max.");
        }
    }
}
