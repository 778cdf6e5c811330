namespace RaftActors.Core;

/// <summary>Why a process is excluded from its group until it restarts with an empty store. Closed.</summary>
public abstract record Fence
{
    private Fence()
    {
    }

    /// <summary>The reason that other processes are told.</summary>
    public RefusalReason Reason => this is Diverged ? RefusalReason.Diverged : RefusalReason.RestoredDisk;

    /// <summary>The first serial that differs; 0 if no log differs.</summary>
    public Serial Serial => this is Diverged diverged ? diverged.From : Serial.Zero;

    /// <summary>A majority has another log than this process.</summary>
    /// <param name="From">The first serial that differs.</param>
    public sealed record Diverged(Serial From) : Fence
    {
        /// <inheritdoc/>
        public override string ToString() => $"a majority has another log from serial {From} on";
    }

    /// <summary>The store is an old copy, or its disk lost synced writes. So votes and entries are forgotten.</summary>
    public sealed record RestoredDisk : Fence
    {
        /// <inheritdoc/>
        public override string ToString() => "its store is an old copy or has lost synced writes, so it has forgotten votes or entries";
    }
}
