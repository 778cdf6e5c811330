using System.Collections.Immutable;

using Akka.Actor;
using Akka.Event;

using RaftActors.Core;
using RaftActors.Delivery;
using RaftActors.Network;
using RaftActors.Settings;
using RaftActors.Storage;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>
/// If a majority has another state and <c>raft.snapshot.rebuild-diverged</c> is on, replaces the state of this process's actor. It takes
/// the snapshot of a process of the majority, and the actor restarts from it. It does so once in each start of the program, because a
/// program with other rules would differ again at once.
/// <para>
/// Only a later snapshot replaces an own one. So the leader extends the log by an entry without a pair. Otherwise a quiet group would keep
/// a wrong state of which the process has a snapshot up to the last entry.
/// </para>
/// </summary>
internal sealed class StateRebuild(EngineContext context, SnapshotTaking snapshots)
{
    private bool _hasBegun;
    private int _attempts;
    private string? _problem;

    private string Group => context.Process.Settings.Group;

    public void OnDivergence(StateDivergence found)
    {
        var process = context.Process;
        if (process.Settings.Snapshots.RebuildsDiverged && found.HasMajority && context.Leads)
        {
            context.Step(Input.Extend.Instance);
        }

        if (process.Settings.Snapshots.RebuildsDiverged
            && !_hasBegun
            && context.TakesSnapshots
            && found.HasMajority
            && found.Sides.Skip(1).Any(side => side.Contains(process.Name)))
        {
            _hasBegun = true;
            Note("The process takes the state of the majority after the next commit.");
            snapshots.TakeFromOther(() => Ask(found.Sides[0]));
        }
    }

    public void OnOffered(ToEngine.StateOffered offered)
    {
        if (offered.Problem is { } problem)
        {
            Note($"The process cannot take the state of the majority, and asks again after {_attempts} attempts: {problem}");
            if (_problem != problem)
            {
                _problem = problem;
                context.Log.Warning("{0} cannot take the state of a majority yet, and asks again: {1}", context.Process.Name, problem);
            }
        }

        snapshots.OnOffered(offered.Serial, offered.Copy);
    }

    // A later difference has another text.
    private void Note(string progress)
    {
        if (context.Process.Status is { DivergedAt: { } divergence } status)
        {
            context.Process.Status = status with { DivergedAt = divergence with { Rebuild = progress } };
        }
    }

    // Prefers a process that is in reach. If none is, the question fails and is asked again.
    private void Ask(ImmutableArray<ProcessName> majority)
    {
        _attempts++;
        Note($"The process takes the state of the majority: attempt {_attempts}.");
        var source = majority.FirstOrDefault(name => context.Peers.FindServing(name) is not null, majority[0]);
        var node = context.Peers.FindServing(source)?.Path.Address is { HasGlobalScope: true } other
            ? RaftAddress.WithoutSystem(other)
            : context.Network.CallAddress;
        _ = AskAsync(new Source(context.Network.LinkTo(node), new CallTarget(Group, source)), context.Self);
    }

    private async Task AskAsync(Source source, IActorRef self)
    {
        try
        {
            ClientCall.TakeSnapshot call = new(context.Process.Settings.Requests.ChangeTimeout);
            var taken = await source.AskAsync<ClientReply.SnapshotTaken>(call, call.Timeout).ConfigureAwait(false);
            self.Tell(new ToEngine.StateOffered(
                taken.Position.Serial, (to, stopping) => CopyAsync(source, taken, to, stopping)));
        }
        catch (StoreException e)
        {
            self.Tell(new ToEngine.StateOffered(Serial.Zero, Copy: null, e.Message));
        }
    }

    private async Task CopyAsync(Source source, ClientReply.SnapshotTaken snapshot, Stream to, CancellationToken stopping)
    {
        // The sessions and keys precede the state, and the first piece tells their sizes.
        for (var (place, end) = (0L, snapshot.Length); place < end;)
        {
            ClientCall.Backup call = new(default, snapshot.Position, place, LogIndex.Zero);
            var part = await source.AskAsync<ClientReply.BackupPart>(call, context.Process.Settings.Requests.QueryTimeout)
                .ConfigureAwait(false);

            // An empty piece makes no progress, so the loop would never end.
            if (part.Snapshot is not { IsEmpty: false } piece || piece.Snapshot.Position != snapshot.Position)
            {
                throw new StoreException($"The snapshot up to {snapshot.Position} is gone, and the copy will be tried again.");
            }

            await to.WriteAsync(piece.Data, stopping).ConfigureAwait(false);
            place += piece.Sessions.Length + piece.Keys.Length + piece.Data.Length;
            end = piece.SessionCount + piece.KeyCount + piece.Snapshot.Length;
        }
    }

    private sealed class Source(ICallLink link, CallTarget target)
    {
        public async Task<TReply> AskAsync<TReply>(ClientCall call, TimeSpan timeout)
            where TReply : ClientReply
        {
            Asked asked = new();
            try
            {
                object reply = link.Send(target, call, asked) is var sending and not CallSending.Sent
                    ? sending
                    : await asked.Reply.WaitAsync(timeout, Machine.Current.Time).ConfigureAwait(false);
                return reply is TReply given
                    ? given
                    : throw new StoreException($"{target.Process} does not give its state: " + reply switch
                    {
                        CallSending.Full => ICallLink.WhyFull("it"),
                        CallSending => "there is no connection to it.",
                        ClientReply.Declined declined => declined.Why,
                        ClientReply.Failed failed => failed.Failure.Detail,
                        _ => $"it answers with {reply.GetType().Name}.",
                    });
            }
            catch (TimeoutException e)
            {
                // A failure of the copy, so it must not look like a failure of the actor.
                throw new StoreException($"{target.Process} does not give its state: it does not answer within {timeout}.", e);
            }
            finally
            {
                link.Forget(asked);
            }
        }
    }

    private sealed class Asked : ICaller
    {
        private readonly TaskCompletionSource<object> _reply = new(Machine.Current.Completion);

        public RequestRef Request => default;

        public Task<object> Reply => _reply.Task;

        public void Tell(object message, IActorRef sender) => _reply.TrySetResult(message);
    }
}
