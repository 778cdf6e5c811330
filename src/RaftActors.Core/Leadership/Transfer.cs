namespace RaftActors.Core;

/// <summary>A transfer of leadership that has not ended (thesis §3.10).</summary>
/// <param name="named">The voter that the request named; null for the most suitable one.</param>
/// <param name="target">The voter that is to lead.</param>
/// <param name="isAutomatic">This process began it by itself, so no caller is told how it ends.</param>
/// <param name="startedAt">The tick at which it began.</param>
internal sealed class Transfer(ProcessName? named, ProcessName target, bool isAutomatic, long startedAt)
{
    /// <summary>The voter that the request named; null for the most suitable one.</summary>
    public ProcessName? Named => named;

    /// <summary>The voter that is to lead.</summary>
    public ProcessName Target => target;

    /// <summary>This process began it by itself, so no caller is told how it ends.</summary>
    public bool IsAutomatic => isAutomatic;

    /// <summary>The tick at which it began.</summary>
    public long StartedAt => startedAt;

    /// <summary>The target was told to campaign.</summary>
    public bool IsTold { get; set; }
}
