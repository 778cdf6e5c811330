namespace RaftActors;

/// <summary>How a learner's actor receives committed pairs: <c>raft.learner.delivery</c>.</summary>
internal enum LearnerDelivery
{
    InOrder,
    AsCommitted,
}
