using System.Collections.Immutable;

namespace RaftActors.Coordination.Downing;

/// <summary>Reads and makes the decisions of one cluster. Thread-safe.</summary>
internal sealed class Decisions(RaftItems items, string system)
{
    private readonly string _name = Decision.NameOf(system);

    /// <exception cref="RaftException">The group did not answer.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<Known> ReadAsync(CancellationToken cancellation)
    {
        var item = await items.GetAsync(_name, cancellationToken: cancellation).ConfigureAwait(false);
        return item is null ? new(Decision.None, 0) : new(Decision.Of(item.Value), item.Version);
    }

    /// <summary>
    /// Downs further members, unless something was decided since <paramref name="known"/> was read. Returns the latest decision: with
    /// these members, or another one that came first.
    /// </summary>
    /// <exception cref="RaftException">The group did not answer. The decision may nevertheless be made.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled. The decision may nevertheless be made.</exception>
    public async Task<Known> DecideAsync(Known known, ImmutableArray<string> doomed, CancellationToken cancellation)
    {
        var decision = known.Decision.With(doomed);
        return await items.TryPutAsync(_name, decision.ToText(), new() { ExpectedVersion = known.Version }, cancellation)
            .ConfigureAwait(false)
            is { } version ? new(decision, version) : await ReadAsync(cancellation).ConfigureAwait(false);
    }

    /// <param name="Version">0 if nothing was decided yet.</param>
    internal sealed record Known(Decision Decision, long Version);
}
