using Akka.Actor;

using RaftActors.Core;
using RaftActors.Storage;
using RaftActors.Testing.Simulation;

namespace RaftActors.Testing.Replay;

/// <summary>
/// Applies the log of a real group to actors, without a group: to learn before a release whether the next build does what the last one
/// did. The pairs have their keys, values, serials, times and logic versions. HandleAppend, HandleReminder, HandleUpgrade and
/// RestoreSnapshot are called as in a start of the process, and <c>Group.Recovered</c> is the end of the log.
/// </summary>
/// <remarks>
/// The source is read in pieces, so the memory holds the states and some MiB of the log. A call blocks its thread, and actors run on the
/// thread pool. Several calls may run at a time, each with a source of its own.
/// </remarks>
public static class RaftReplay
{
    /// <summary>Applies a log to an actor.</summary>
    /// <param name="source">
    /// A full backup and those that continue it, in order, or the <c>raft.store.directory</c> of a stopped node. Of a directory the last
    /// entries may be uncommitted. It is not changed; a backup is unpacked beside itself meanwhile.
    /// </param>
    /// <param name="actor">Creates the actor. Called in an actor system of its own.</param>
    /// <param name="options">Null: the defaults.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The report. It has a difference if the actor throws at a pair.</returns>
    /// <exception cref="StoreException">The source is damaged, incomplete, in use, or of another group.</exception>
    /// <exception cref="RaftConfigurationException">
    /// The actor cannot start, is of another group, cannot restore the snapshot, or lacks the logic version of the log.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static RaftReplayReport Run(
        IReadOnlyList<string> source,
        Func<ActorBase> actor,
        RaftReplayOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(actor);
        return Start(source, [actor], options, cancellationToken);
    }

    /// <summary>
    /// Applies a log to two actors, and finds the first serial with another result, another state or an exception. States are compared by
    /// HandleDigest if both actors override it, otherwise by what TakeSnapshot returns if both implement it. The order of
    /// properties and elements in JSON does not count.
    /// </summary>
    /// <param name="source">As of <see cref="Run"/>.</param>
    /// <param name="oldActor">Creates the actor as the last release has it.</param>
    /// <param name="newActor">Creates the actor of the next release.</param>
    /// <param name="options">Null: the defaults.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The report, with the difference if there is one.</returns>
    /// <inheritdoc cref="Run"/>
    public static RaftReplayReport Compare(
        IReadOnlyList<string> source,
        Func<ActorBase> oldActor,
        Func<ActorBase> newActor,
        RaftReplayOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(oldActor);
        ArgumentNullException.ThrowIfNull(newActor);
        return Start(source, [oldActor, newActor], options, cancellationToken);
    }

    private static RaftReplayReport Start(
        IReadOnlyList<string> paths, Func<ActorBase>[] actors, RaftReplayOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentOutOfRangeException.ThrowIfZero(paths.Count, nameof(paths));

        // On the thread pool, because a context of the caller may have one thread.
        return Task.Run(
            async () =>
            {
                using ReplaySource source = new(paths, options?.Group, cancellationToken);
                return await new ReplayRun(source, actors, options ?? new(), cancellationToken).RunAsync().ConfigureAwait(false);
            },
            cancellationToken).GetAwaiter().GetResult();
    }
}
