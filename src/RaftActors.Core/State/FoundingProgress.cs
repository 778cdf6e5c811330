namespace RaftActors.Core;

/// <summary>How far this process is with the founding of its group.</summary>
internal sealed class FoundingProgress
{
    /// <summary>All N have greeted, or <see cref="CoreOptions.FoundingTimeoutTicks"/> are over.</summary>
    public bool IsDue { get; set; }

    /// <summary>The best process need not wait for its election timer.</summary>
    public bool MayCampaignAtOnce { get; set; }
}
