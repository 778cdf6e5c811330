namespace RaftActors;

/// <summary>How a process that is not in the quorum gets committed pairs.</summary>
public enum LearnerDelivery
{
    /// <summary>All of them in the order of their serials, through HandleAppend.</summary>
    InOrder,

    /// <summary>
    /// What is committed after it joined at once, through HandleAppend; then HandleMissing with the serials that are missing below.
    /// </summary>
    AsCommitted,
}
