using Akka.Actor;

using RaftActors.Transport;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>
/// The messages of an engine to other engines within one turn. At the end of the turn the outbox sends each engine its
/// messages as one batch, in order. Outside a turn it sends each message at once. A message to a node with an open <see cref="Lane"/> is
/// encoded at once, and the end of the turn sends the bytes.
/// </summary>
/// <param name="sizeMaxBytes">The rough limit of a batch, which must fit into a frame of the transport.</param>
internal sealed class Outbox(IActorRef self, int sizeMaxBytes)
{
    /// <summary>
    /// The most engines whose lanes are remembered. Engines come and go, and a reference to an engine is mostly the same object. With more,
    /// all are looked up again.
    /// </summary>
    public const int MaxFoundLanes = 1000;

    // Roughly the bytes of a message without its key and value.
    private const int OverheadBytes = 64;

    private readonly List<Letter> _letters = [];
    private readonly Dictionary<IActorRef, ILane?> _foundLanes = new(ReferenceEqualityComparer.Instance);
    private readonly List<ILane> _written = [];

    // Lanes that wait for messages of this turn that go by Akka.
    private readonly List<ILane> _detoured = [];
    private bool _hasTurn;

    /// <summary>The lanes of this node; null: all messages to other nodes go by Akka.</summary>
    public ILanes? Lanes { get; set; }

    /// <summary>Whether Akka's remoting may have stopped. It logs an error for each message after that.</summary>
    public Func<bool> IsCutOff { get; set; } = () => false;

    /// <summary>The number of engines whose lanes are remembered.</summary>
    public int FoundLanes => _foundLanes.Count;

    public void Send(IActorRef to, WireMessage message) => PassOn(to, message, self);

    /// <summary>Sends a message ahead of the messages of this turn that go by Akka.</summary>
    public void SendFirst(IActorRef to, WireMessage message)
    {
        if (!TrySendByLane(to, message, self))
        {
            SendByAkka(to, message, self);
            if (!_hasTurn)
            {
                EndDetours();
            }
        }
    }

    /// <summary>Sends a message of another engine, which gets the answer.</summary>
    public void PassOn(IActorRef to, WireMessage message, IActorRef from)
    {
        if (TrySendByLane(to, message, from))
        {
            return;
        }

        if (_hasTurn)
        {
            LetterTo(to, from).Add(message, sizeMaxBytes);
        }
        else
        {
            SendByAkka(to, message, from);
            EndDetours();
        }
    }

    public void BeginTurn() => _hasTurn = true;

    /// <summary>Sends all messages.</summary>
    public void EndTurn()
    {
        foreach (var letter in _letters)
        {
            letter.Post();
        }

        _letters.Clear();
        EndDetours();
        foreach (var lane in _written)
        {
            lane.Flush();
        }

        _written.Clear();
        _hasTurn = false;
    }

    /// <summary>The engine has failed or stopped. Lanes no longer wait for its messages.</summary>
    public void Stop() => EndDetours();

    private void SendByAkka(IActorRef to, WireMessage message, IActorRef from)
    {
        if (!to.Path.Address.HasGlobalScope || !IsCutOff())
        {
            to.Tell(message, from);
        }
    }

    private void EndDetours()
    {
        foreach (var lane in _detoured)
        {
            lane.EndDetour();
        }

        _detoured.Clear();
    }

    private bool TrySendByLane(IActorRef to, WireMessage message, IActorRef from)
    {
        // The lane may have been connected within this turn. A later message must not overtake those that wait in a letter.
        if (Lanes is null || LaneTo(to) is not { } lane || HasLetterTo(to))
        {
            return false;
        }

        if (!lane.TryWrite(to, message, from))
        {
            _detoured.Add(lane);
            return false;
        }

        if (!_hasTurn)
        {
            lane.Flush();
        }
        else if (!_written.Contains(lane))
        {
            _written.Add(lane);
        }

        return true;
    }

    private bool HasLetterTo(IActorRef to)
    {
        foreach (var letter in _letters)
        {
            if (letter.To.Equals(to))
            {
                return true;
            }
        }

        return false;
    }

    private ILane? LaneTo(IActorRef to)
    {
        if (_foundLanes.TryGetValue(to, out var found))
        {
            return found?.Current;
        }

        if (_foundLanes.Count >= MaxFoundLanes)
        {
            _foundLanes.Clear();
        }

        return _foundLanes[to] = Lanes!.Find(to); // Justification: the caller has checked it.
    }

    private Letter LetterTo(IActorRef to, IActorRef from)
    {
        foreach (var letter in _letters)
        {
            if (letter.To.Equals(to) && letter.From.Equals(from))
            {
                return letter;
            }
        }

        var first = new Letter(to, from, this);
        _letters.Add(first);
        return first;
    }

    private sealed class Letter(IActorRef to, IActorRef from, Outbox outbox)
    {
        private readonly List<WireMessage> _messages = [];
        private long _bytes;

        public IActorRef To => to;

        public IActorRef From => from;

        public void Add(WireMessage message, int sizeMaxBytes)
        {
            var size = SizeOf(message);
            if (_bytes + size > sizeMaxBytes)
            {
                Post();
            }

            _messages.Add(message);
            _bytes += size;
        }

        public void Post()
        {
            if (_messages.Count > 0)
            {
                outbox.SendByAkka(to, _messages.Count == 1 ? _messages[0] : new WireMessage.Batch([.. _messages]), from);
            }

            _messages.Clear();
            _bytes = 0;
        }

        private static long SizeOf(WireMessage message) => OverheadBytes + message switch
        {
            WireMessage.Traced traced => (OverheadBytes * traced.Links.Length) + SizeOf(traced.Inner),
            WireMessage.AppendRequest append => (3 * append.Key.Length) + append.Value.Length,
            AppendReply.Discarded discarded => 3 * discarded.Reason.Length,
            GetReply.Found answer => (3 * answer.Key.Length) + answer.Value.Length,
            _ => 0,
        };
    }
}
