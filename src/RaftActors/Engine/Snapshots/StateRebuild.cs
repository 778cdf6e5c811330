using System.Collections.Immutable;

using Akka.Actor;
using Akka.Event;

using RaftActors.Clients;
using RaftActors.Core;
using RaftActors.Storage;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>
/// Replaces the state of this process's actor if a majority has another one and <c>raft.snapshot.rebuild-diverged</c> is on: takes a
/// snapshot of one of its processes as that of the own actor, which then begins anew from it. Once in each start of the program, because
/// one with other rules would differ again.
/// </summary>
internal sealed class StateRebuild(EngineContext context, ActorSystem system, SnapshotTaking snapshots)
{
    private bool _hasBegun;

    /// <summary>The actors have different states.</summary>
    public void OnDivergence(StateDivergence found)
    {
        var (process, settings) = (context.Process, context.Process.Settings);
        if (settings.Snapshots.RebuildsDiverged
            && !_hasBegun
            && context.TakesSnapshots
            && found.HasMajority
            && found.Sides.Skip(1).Any(side => side.Contains(process.Name)))
        {
            _hasBegun = true;
            snapshots.TakeFromOther(() => Ask(found.Sides[0]));
        }
    }

    private void Ask(ImmutableArray<ProcessName> majority)
    {
        var source = majority.FirstOrDefault(name => context.Peers.FindReachable(name) is not null, majority[0]);
        context.Log.Info("{0} takes the state of {1}, because its own differs from that of a majority", context.Process.Name, source);
        _ = AskAsync(source, context.Self);
    }

    private async Task AskAsync(ProcessName source, IActorRef self)
    {
        try
        {
            var timeout = context.Process.Settings.Requests.ChangeTimeout;
            await using var client = CreateClient();
            var (position, length) = await client.DemandAsync<ClientReply.SnapshotTaken>(
                new ClientQuestion(timeout, new ClientCall.TakeSnapshot(timeout), to: source), CancellationToken.None).ConfigureAwait(false);
            self.Tell(new ToSelf.StateOffered(position.Serial, (to, stopping) => CopyAsync(source, position, length, to, stopping)));
        }
        catch (Exception e)
        {
            context.Log.Warning(
                "{0} could not take the state of {1}, and does not ask again before its next start: {2}",
                context.Process.Name,
                source,
                e.Message);
            self.Tell(new ToSelf.StateOffered(Serial.Zero, copy: null));
        }
    }

    private async Task CopyAsync(ProcessName source, LogPosition position, long length, Stream to, CancellationToken stopping)
    {
        var timeout = context.Process.Settings.Requests.QueryTimeout;
        await using var client = CreateClient();
        for (var copied = 0L; copied < length;)
        {
            ClientQuestion question = new(timeout, new ClientCall.BackupState(position, copied), to: source);
            if (await client.DemandAsync<ClientReply>(question, stopping).ConfigureAwait(false)
                is not ClientReply.BackupBytes { Bytes: { IsEmpty: false } bytes })
            {
                throw new StoreException($"{source} has replaced its snapshot of {position} while it was copied.");
            }

            await to.WriteAsync(bytes, stopping).ConfigureAwait(false);
            copied += bytes.Length;
        }
    }

    private LiveClient<object?, object?> CreateClient() => LiveClient<object?, object?>.Make(
        system, context.Network, system.Settings.Config, context.Process.Settings.Group, new RaftClientOptions<object?, object?>());
}
