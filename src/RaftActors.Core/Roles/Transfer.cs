namespace RaftActors.Core;

/// <summary>
/// A handing over of the leadership that has not ended (thesis §3.10). It outlives the role, until it is known who leads.
/// </summary>
/// <param name="named">Whom the request named; null for the most suitable.</param>
/// <param name="target">Who is to lead.</param>
/// <param name="isOwnIdea">Nobody asked for it, and nobody is told how it ends.</param>
/// <param name="startedAt">The tick.</param>
internal sealed class Transfer(ProcessName? named, ProcessName target, bool isOwnIdea, long startedAt)
{
    /// <summary>Whom the request named; null for the most suitable.</summary>
    public ProcessName? Named => named;

    /// <summary>Who is to lead.</summary>
    public ProcessName Target => target;

    /// <summary>Nobody asked for it, and nobody is told how it ends.</summary>
    public bool IsOwnIdea => isOwnIdea;

    /// <summary>The tick at which it began.</summary>
    public long StartedAt => startedAt;

    /// <summary>The target was told to campaign.</summary>
    public bool IsTold { get; set; }
}
