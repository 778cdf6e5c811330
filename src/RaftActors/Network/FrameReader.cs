using Akka.Actor;

using RaftActors.Core;
using RaftActors.Core.Codec;
using RaftActors.Values;
using RaftActors.Wire;

namespace RaftActors.Network;

/// <summary>Reads the frames that a <see cref="FrameWriter"/> wrote for one connection. Not thread-safe.</summary>
/// <param name="resolve">Finds the actor of this node at a path with address.</param>
/// <param name="findSlab">Finds the memory for the values in a member's log. Without it, values are views of the bytes.</param>
internal sealed class FrameReader(Address own, Func<string, IActorRef> resolve, Func<Member, ValueSlab?>? findSlab = null)
{
    private const string EnginesPath = $"{InboundNodeConnection.RegistryPath}/";

    private const int ShownMax = 200;

    private static readonly string[] RefusedToEngines = [WireTable.PresenceManifest, WireTable.BeatManifest];

    private readonly string _own = own.ToString();
    private readonly List<Receiver> _receivers = [];
    private readonly List<IActorRef> _senders = [];
    private readonly List<Member> _members = [];

    // Paths without the numbers of the actors, so that a restarted engine counts once.
    private readonly HashSet<string> _engines = [];
    private long _knownLength;

    /// <summary>The number of engines that this connection has brought messages for.</summary>
    public int Engines => _engines.Count;

    /// <summary>Makes the reference of a sender from its path with address.</summary>
    public required Func<string, IActorRef> ResolveSender { get; init; }

    /// <summary>Tells whether the actor at a path, without address, takes messages of other nodes.</summary>
    public Func<string, bool> MayReceive { get; init; } = IsEngine;

    public static bool IsEngine(string path) => path.StartsWith(EnginesPath, StringComparison.Ordinal);

    /// <param name="bytes">Bytes that must not change while a view of them lives.</param>
    /// <param name="hasView">Set if the message has views of the bytes.</param>
    /// <exception cref="InvalidDataException">The bytes are no frame.</exception>
    public Frame Read(ReadOnlyMemory<byte> bytes, out bool hasView)
    {
        var reader = ByteReader.OfKept(bytes, findSlab);
        var start = reader.Octet();
        var level = (start >> 1) + 1;
        if (!FormatRange.Own.Has(level))
        {
            throw reader.Damaged($"its format has level {level}, and this node knows {FormatRange.Own}");
        }

        if ((start & 1) != 0)
        {
            Forget();
        }

        var to = ReadReceiver(ref reader);
        var from = ReadSender(ref reader);
        var known = _members.Count;
        reader.ShareMembers(_members);
        var message = WireTable.ReadNamed(ref reader, to.IsEngine ? RefusedToEngines : []);
        reader.End();
        for (; known < _members.Count; known++)
        {
            _knownLength += _members[known].Name.Value.Length;
        }

        // Forgets now and not at the next frame, because one frame may have brought very much, and the connection may then be silent.
        if (FrameWriter.IsTooMuch(_receivers.Count + _senders.Count, _members.Count, _knownLength))
        {
            Forget();
        }

        hasView = reader.HasView;
        return new Frame(to.Actor, message, from, to.IsEngine, to.IsGone);
    }

    private void Forget()
    {
        _receivers.Clear();
        _engines.Clear();
        _senders.Clear();
        _members.Clear();
        _members.Capacity = Math.Min(_members.Capacity, 2 * FrameWriter.MaxKnown);
        _knownLength = 0;
    }

    private Receiver ReadReceiver(ref ByteReader reader)
    {
        var place = ReadPlace(ref reader, _receivers.Count);
        if (place > 0)
        {
            return _receivers[place - 1];
        }

        var written = reader.Text();
        _knownLength += FrameWriter.LengthOf(written);
        var path = _own + written;
        var bare = Demand(path, MayReceive);
        if (IsEngine(bare))
        {
            _engines.Add(bare);
        }

        // Without remoting, Akka resolves the path of an earlier actor to the present one, so the numbers are compared.
        var actor = resolve(path);
        var isGone = actor is EmptyLocalActorRef
            || (path.LastIndexOf('#') is var mark and >= 0 && !path.AsSpan(mark + 1).SequenceEqual($"{actor.Path.Uid}"));
        var receiver = new Receiver(actor, IsEngine(bare), isGone);
        _receivers.Add(receiver);
        return receiver;
    }

    private IActorRef ReadSender(ref ByteReader reader)
    {
        var place = ReadPlace(ref reader, _senders.Count);
        if (place == 0)
        {
            var path = reader.Text();
            _ = Demand(path, _ => true);
            _knownLength += FrameWriter.LengthOf(path);
            _senders.Add(ResolveSender(path));
        }

        return place == 0 ? _senders[^1] : _senders[place - 1];
    }

    // Place 0 announces a new actor, whose path follows.
    private static int ReadPlace(ref ByteReader reader, int known)
    {
        var place = reader.Count();
        return place <= known ? (int)place : throw reader.Damaged($"actor {place} of {known} is named");
    }

    // Returns the path without address and without the number of the actor.
    private static string Demand(string path, Func<string, bool> isAllowed) =>
        WirePath.IsBounded(path)
        && WirePath.TryParse(path, out var parsed)
        && parsed.ToStringWithoutAddress() is var bare
        && !ClimbsUp(bare)
        && isAllowed(bare)
            ? bare
            : throw new InvalidDataException(
                $"'{path.AsSpan(0, Math.Min(path.Length, ShownMax))}' is no path of an actor that takes messages of other nodes.");

    // Akka takes such an element for the parent, so the path could lead to any actor of this node.
    private static bool ClimbsUp(string bare) =>
        bare.Contains("/../", StringComparison.Ordinal) || bare.EndsWith("/..", StringComparison.Ordinal);

    /// <param name="IsToEngine">The receiver takes batches.</param>
    /// <param name="IsToGone">
    /// The receiver runs no more. It may have been of an earlier start of this node, whose calls had the same numbers as the calls of this
    /// start. So a reply to it must reach no caller.
    /// </param>
    internal readonly record struct Frame(IActorRef To, WireMessage Message, IActorRef From, bool IsToEngine, bool IsToGone);

    private readonly record struct Receiver(IActorRef Actor, bool IsEngine, bool IsGone);
}
