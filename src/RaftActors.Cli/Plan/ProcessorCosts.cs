namespace RaftActors.Cli.Plan;

/// <summary>
/// Seconds of processor time, measured by <c>plan</c> of RaftActors.Benchmarks. A batch is one turn of the leader: it appends all pairs
/// that wait, with one message to each member and one write on each disk. Most of its cost are wake-ups, so it does not depend on the
/// number of pairs.
/// </summary>
internal static class ProcessorCosts
{
    /// <summary>
    /// The batches in the time of one Append under load. Pairs that come during a batch wait for the next one, so a busy leader makes its
    /// batches longer and not more frequent.
    /// </summary>
    public const double BatchesPerCommit = 1.4;

    /// <summary>The same with callers on another node, whose pairs come less together.</summary>
    public const double BatchesPerForwardedCommit = 2;

    /// <summary>A batch on the leader, with and without a disk.</summary>
    public const double LeaderBatch = 360e-6;

    public const double LeaderBatchInMemory = 70e-6;

    /// <summary>A batch on one other member.</summary>
    public const double OtherBatch = 305e-6;

    public const double OtherBatchInMemory = 64e-6;

    /// <summary>A pair on the leader, with its caller in the same process.</summary>
    public const double LeaderPair = 2e-6;

    /// <summary>A pair on one other member.</summary>
    public const double OtherPair = 0.9e-6;

    /// <summary>Each byte of a key or value: copies, checksums, hashes, and the work of the system for disk and network.</summary>
    public const double LeaderByte = 9e-9;

    public const double OtherByte = 5.5e-9;

    /// <summary>
    /// The same for callers on another node, in addition: there is a message to the leader, and there are two answers.
    /// </summary>
    public const double ForwardedBatchOnLeader = 90e-6;

    public const double ForwardedBatchOnOther = 150e-6;

    public const double ForwardedOnLeader = 9e-6;

    public const double ForwardedOnOther = 13e-6;

    /// <summary>
    /// The part of an Append that is neither disk nor network: the turns of the engines and of the actor, on processors with nothing else
    /// to do.
    /// </summary>
    public const double Handling = 60e-6;

    /// <summary>The ratio of the 99th percentile to the median where the processors decide. It was 3 to 5 in all measured cells.</summary>
    public const double Tail = 3.5;
}
