namespace RaftActors;

/// <summary>How a learner's actor receives committed pairs. A learner is a process of the roster that does not vote.</summary>
internal enum LearnerDelivery
{
    /// <summary>All pairs in the order of their serials, through HandleAppend. The default.</summary>
    InOrder,

    /// <summary>
    /// For an actor that fetches pairs itself: pairs that are committed after the learner joined come at once through HandleAppend. Then
    /// HandleMissing names the missing serials below them, so the actor sees serials out of order. An actor that overrides neither
    /// HandleMissing nor HandleSerial still gets its pairs in order. The demo uses this value, for the scenario of Ergo's raft demo.
    /// </summary>
    AsCommitted,
}
