using System.Collections.Immutable;

using Akka.Actor;
using Akka.Event;

using RaftActors.Core;
using RaftActors.Delivery;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>
/// Compares the states that the members' actors make of the same pairs. Each engine sends the digests of its actor to all others, and
/// compares all that it has, so each node publishes a difference. Actors make a digest at each multiple of <see
/// cref="StateDigest.PairsMax"/>. In a quiet group the leader's actor is asked for one, and the others follow.
/// </summary>
internal sealed class StateDigests(EngineContext context, StateRebuild rebuild) : IEnginePart
{
    // A process may be this many ranges, 262,144 pairs, behind the others.
    private const int RangesMax = 64;

    // A group without a new pair for this time is quiet. Other processes have as long to send their digests.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // HandleDigest may read the whole state, so a group with a pair each second must not call it each second.
    private static readonly TimeSpan QuietInterval = TimeSpan.FromSeconds(10);

    // Sorted by their ends.
    private readonly List<Range> _ranges = [];

    // The latest digests of members that have met this process, while it has not met them.
    private readonly Dictionary<ProcessName, (WireMessage.Digest Message, IActorRef Sender)> _early = [];
    private Serial _seen;
    private Serial _asked;
    private long _quietAt;
    private long _askAt;

    // The digests of the wrong sides when the divergence was last found. It ends when each of these processes has another state.
    private ImmutableArray<WireMessage.Digest> _wrong = [];
    private Serial _wrongTo;

    /// <summary>The leader is about to ask its actor, or a difference waits for digests of other processes.</summary>
    public bool NeedsTicks => MayAsk || _ranges.Exists(range => range.CompareAt is not null);

    // The whole log of a leader is committed when no request is open.
    private bool MayAsk => context is { HasActor: true, Leads: true } && LogSerial > _asked;

    private Serial LogSerial => context.Core.LastPosition.Serial;

    // The members as the log names them. A process that starts learns what is committed only after others have met it.
    private Configuration Members => context.Core.Configuration;

    private StateDivergence? Current
    {
        get => context.Process.Status.DivergedAt;
        set => context.Process.Status = context.Process.Status with { DivergedAt = value };
    }

    public void OnOwn(StateDigest digest)
    {
        var told = new WireMessage.Digest(context.Process.Name, context.Core.Boot, context.Life, digest);
        Note(told);
        SendToAll(told);
    }

    public void Receive(WireMessage.Digest message, IActorRef sender)
    {
        if (!Members.HasName(message.Process))
        {
            return;
        }

        if (context.Peers.Find(message.Process) is not { } engine)
        {
            _early[message.Process] = (message, sender);
        }
        else if (sender.Equals(engine) && Note(message) is { } range)
        {
            Want(range);
        }
    }

    /// <summary>Asks a started actor for a digest at the serial of the latest one of others, if it gets there.</summary>
    public void OnAttached(Serial last)
    {
        if (_ranges is [.., var latest])
        {
            Want(latest);
        }
    }

    /// <summary>Sends the latest digest to a process that came into reach and may have missed it.</summary>
    public void OnReachable(ProcessName name)
    {
        if (context.Peers.Find(name) is { } engine
            && _ranges.FindLast(range => range.Find(context.Process.Name) is not null)?.Find(context.Process.Name) is { } own)
        {
            context.Send(engine, own);
        }

        if (_early.Remove(name, out var early))
        {
            Receive(early.Message, early.Sender);
        }
    }

    public void OnTick()
    {
        if (MayAsk)
        {
            if (_seen != LogSerial)
            {
                (_seen, _quietAt) = (LogSerial, context.DeadlineAfter(Pause));
            }
            else if (context.Now >= _quietAt && context.Now >= _askAt && context.Process.Pairs.CommittedSerial == _seen)
            {
                (_asked, _askAt) = (_seen, context.DeadlineAfter(QuietInterval));
                context.TellActor(new ToActor.WantDigest(context.Life, _seen));
            }
        }

        foreach (var range in _ranges)
        {
            if (range.CompareAt <= context.Now)
            {
                Compare(range);
            }
        }
    }

    // Asks for the digest of an incomplete range. Actors make those of complete ranges unasked.
    private void Want(Range range)
    {
        if (range.Find(context.Process.Name) is null && !StateDigest.IsEnd(range.To))
        {
            context.TellActor(new ToActor.WantDigest(context.Life, range.To));
        }
    }

    // Null if the range is too old to be kept.
    private Range? Note(WireMessage.Digest message)
    {
        if (Find(message.Value) is not { } range)
        {
            return null;
        }

        range.Set(message);
        if (!range.HasContradiction)
        {
            EndIfMended(range);
        }
        else if (Members.Names().All(name => range.Find(name) is not null))
        {
            Compare(range);
        }
        else
        {
            range.CompareAt ??= context.DeadlineAfter(Pause);
        }

        return range;
    }

    private Range? Find(StateDigest digest)
    {
        if (_ranges.Find(range => range.After == digest.After && range.To == digest.To) is { } known)
        {
            return known;
        }

        if (_ranges.Count == RangesMax)
        {
            if (digest.To < _ranges[0].To)
            {
                return null;
            }

            _ranges.RemoveAt(0);
        }

        var added = new Range(digest.After, digest.To);
        _ranges.Insert(_ranges.FindLastIndex(range => range.To <= digest.To) + 1, added);
        return added;
    }

    private void Compare(Range range)
    {
        range.CompareAt = null;
        var sides = range.Sides();
        var found = new StateDivergence(
            new SerialRange(range.After.Next, range.To),
            [.. sides.Select(side => side.Select(message => message.Process).ToImmutableArray())],
            hasMajority: sides[0].Count > Members.Names().Count() / 2);
        if (found.Sides.Length < 2)
        {
            return;
        }

        // Also if it is not published again, because a process may have restarted since and be wrong again. But an earlier range may have
        // digests from before its restart.
        var isKnown = Current is { } current && current.HasSidesOf(found);
        if (!isKnown || range.To >= _wrongTo)
        {
            (_wrong, _wrongTo) = ([.. sides.Skip(1).SelectMany(side => side)], range.To);
        }

        if (isKnown)
        {
            return;
        }

        Current = found;
        context.Publish(new RaftEvent.StateDiverged(context.Process.Settings.Group, context.Process.Name, found));
        rebuild.OnDivergence(found);
        if (range.Find(context.Process.Name) is { } own)
        {
            // A restarted process that replays its log has missed this digest.
            SendToAll(own);
        }
    }

    // Equal results alone say nothing of the states. A process has another state only if it has restarted since and agrees.
    private void EndIfMended(Range range)
    {
        if (Current is { } current && range.To > current.Serials.Last && Array.TrueForAll([.. _wrong], wrong =>
            !Members.HasName(wrong.Process) || range.Find(wrong.Process) is { } now && (now.Boot, now.Life) != (wrong.Boot, wrong.Life)))
        {
            (Current, _wrong) = (null, []);
            context.Log.Info("{Process} of group {Group}: the actors agree again", context.Process.Name, context.Process.Settings.Group);
        }
    }

    private void SendToAll(WireMessage.Digest message)
    {
        foreach (var name in context.Peers.Names)
        {
            if (Members.HasName(name) && context.Peers.FindReachable(name) is { } engine)
            {
                context.Send(engine, message);
            }
        }
    }

    /// <summary>The digests of one range, by process.</summary>
    private sealed class Range(Serial after, Serial to)
    {
        private readonly List<WireMessage.Digest> _told = [];

        public Serial After => after;

        public Serial To => to;

        /// <summary>The tick at which a difference is compared, or null if there is none, or it was compared.</summary>
        public long? CompareAt { get; set; }

        public bool HasContradiction => _told.Exists(one => one.Value.Contradicts(_told[0].Value));

        public WireMessage.Digest? Find(ProcessName process) => _told.Find(one => one.Process == process);

        public void Set(WireMessage.Digest message)
        {
            _told.RemoveAll(one => one.Process == message.Process);
            _told.Add(message);
        }

        /// <summary>The groups of processes that agree, the largest first.</summary>
        public List<List<WireMessage.Digest>> Sides()
        {
            List<List<WireMessage.Digest>> sides = [];
            foreach (var message in _told.OrderBy(one => one.Process))
            {
                var side = sides.Find(each => !each[0].Value.Contradicts(message.Value));
                if (side is null)
                {
                    sides.Add([message]);
                }
                else
                {
                    side.Add(message);
                }
            }

            return [.. sides.OrderByDescending(side => side.Count)];
        }
    }
}
