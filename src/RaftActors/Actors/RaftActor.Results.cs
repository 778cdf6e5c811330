using Akka.Actor;
using Akka.Event;

using RaftActors.Delivery;
using RaftActors.Engine;

namespace RaftActors;

/// <content> The results of HandleAppend, which the actor keeps for repeats, and its digests. </content>
public abstract partial class RaftActor<TValue, TResult>
{
    private KeptResults<TResult> Results => field ??= new KeptResults<TResult>(Context.System, ResultCodec);

    // The serial up to which another process wants a digest.
    private Serial _wantedDigest;

    // The serial of the latest digest. Several processes may want the same one.
    private Serial _digested;

    // The pair that HandleSerial handles now.
    private StoredPair? _fetched;

    /// <summary>
    /// Converts results to bytes and back, for repeats and for callers on other nodes. A node without such an actor needs
    /// <see cref="RaftActors.Raft.AddResultType{TResult}"/>. Default: null, for a type that needs no codec or has a serializer. A
    /// codec for strings, numbers or object is refused at the start: they are written alike for all groups of a node.
    /// </summary>
    protected virtual RaftCodec<TResult>? ResultCodec => null;

    /// <summary>
    /// Called with a pair that this actor fetched by Get, in the order of the Gets. The same pair does not come through HandleAppend. If a
    /// Get of a missing pair was cancelled, HandleAppend delivers that pair before the ones behind it, so the serials stay in order.
    /// Default: calls <see cref="HandleAppend"/>, and keeps its result for repeats. Without a call of the default there is no result.
    /// </summary>
    /// <param name="entry">The pair. <see cref="Entry{TValue}.Request"/> is the ref of the Get.</param>
    protected virtual void HandleSerial(Entry<TValue> entry)
    {
        var result = HandleAppend(entry);
        if (_fetched is { } pair)
        {
            Results.Add(pair, result);
        }
    }

    /// <summary>
    /// Called on every process at the same serials: each 4,096 pairs, and when the group falls quiet, at most every ten seconds. Processes
    /// compare what it returns, to notice that their states differ (<see cref="RaftEvent.StateDiverged"/>). The results of HandleAppend are
    /// compared without it. Not called between two pairs of a batch. Default: null, so the state is not compared.
    /// <para>
    /// The pairs wait meanwhile, so keep a sum that HandleAppend updates, rather than reading a large state. An exception is logged, and
    /// the state is not compared.
    /// </para>
    /// </summary>
    /// <returns>
    /// A hash that depends on the state only, and not on the process: not that of <see cref="HashCode"/> or of string.GetHashCode, which
    /// differ between processes.
    /// </returns>
    protected virtual ulong? HandleDigest() => null;

    private void Run(DeliveryStep.Answer answer)
    {
        var epoch = Life.Process.Pairs.EpochOf(answer.Pair.Serial) with { Era = 0 };
        var entry = Group.ToEntry(answer.Pair, answer.Request ?? Life.Process.NewRequest(), epoch);
        using var span = Life.Process.Telemetry.BeginApply(entry.Serial);
        var start = Life.Process.Telemetry.Applies.Start();
        _fetched = answer.Pair;
        HandleSerial(entry);
        _fetched = null;
        Life.Process.Telemetry.Applies.Stop(start);
        OnPassed(answer);
        Complete(answer.Waiting, entry.Serial);
    }

    private void Complete(RequestRef own, Serial serial, TResult result) =>
        Life.Process.Appends.Complete(own, serial, result, Self);

    // With the kept result, if there is one.
    private void Complete(RequestRef? request, Serial serial)
    {
        if (request is { } own)
        {
            Life.Process.Appends.Complete(own, serial, Self, Results);
        }
    }

    // Only states of equal versions are compared.
    private protected virtual int StateVersion => Results.Logic;

    private void WantDigest(Serial serial)
    {
        _wantedDigest = serial;
        DigestIfDue();
    }

    // A state that lacks a pair below its highest one belongs to no serial, so it is not compared.
    private void DigestIfDue()
    {
        var digest = Results.Digest.Now;
        if (digest.To > _digested && (digest.IsComplete || digest.To == _wantedDigest) && digest.To == Life.Order.Complete)
        {
            _digested = digest.To;
            var state = Results.Reminders.Hash is var hash and not 0 ? StateHash.Mix(hash, HashState() ?? 0) : HashState();
            Life.Process.Engine.Tell(new ToEngine.Digest(digest with { State = state, Version = StateVersion }), Self, Life.Number);
        }
    }

    private void LetShowState(ActorCell cell)
    {
        if (this is IRaftSnapshot snapshots)
        {
            Group.Latest.ShowState = () =>
            {
                ShownState? shown = null;
                cell.UseThreadContext(() => shown = Life.Order.IsAtSerial ? ShowState(snapshots, Life.Order.Serial) : null);
                return shown;
            };
        }
    }

    private ShownState? ShowState(IRaftSnapshot snapshots, Serial serial)
    {
        Group.Running = new DeliveryStep.TakeSnapshot(serial);
        try
        {
            using MemoryStream state = new();
            snapshots.Take(Context.System, serial)(state, CancellationToken.None).GetAwaiter().GetResult();
            return new ShownState(serial, StateVersion, state.ToArray());
        }
        catch (Exception)
        {
            // An actor may refuse a snapshot, and then there is nothing to compare.
            return null;
        }
        finally
        {
            Group.Running = null;
        }
    }

    private ulong? HashState()
    {
        // No callback sees the state within a batch, which is at the same serials on all processes.
        if (Life.Order.IsInBatch)
        {
            return null;
        }

        var outer = Group.Running;
        Group.Running = new DeliveryStep.Digest();
        try
        {
            return HandleDigest();
        }
        catch (Exception e)
        {
            // Not thrown, because after a restart the next life would fail at this serial again.
            const string Problem = "HandleDigest failed, so the states of the processes are not compared. Make it return a hash.";
            Group.Latest.Log(LogLevel.ErrorLevel, e, nameof(HandleDigest), Problem);
            return null;
        }
        finally
        {
            Group.Running = outer;
        }
    }
}
