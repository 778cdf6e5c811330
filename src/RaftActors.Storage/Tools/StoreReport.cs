using System.Collections.Immutable;

namespace RaftActors.Storage;

/// <summary>The result of a tool of <see cref="StoreTools"/>. Immutable.</summary>
public sealed record StoreReport
{
    internal StoreReport()
    {
    }

    /// <summary>The stores that the call is about, by group and process.</summary>
    public ImmutableArray<StoreItem> Stores { get; internal init; } = [];

    /// <summary>The damaged places. A place without a process damages all stores. If empty, every acknowledged write is intact.</summary>
    public ImmutableArray<StoreItem> Damages { get; internal init; } = [];

    /// <summary>The bytes at the end of an unfinished, never acknowledged write. The next start cuts them off.</summary>
    public long TornBytes { get; internal init; }

    /// <summary>More findings for an operator, one sentence each.</summary>
    public ImmutableArray<string> Notes { get; internal init; } = [];

    /// <summary>The path of the folder with the files from before the change. Null if no file was moved.</summary>
    public string? KeptFolder { get; internal init; }
}
