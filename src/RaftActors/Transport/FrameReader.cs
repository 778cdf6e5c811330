using Akka.Actor;

using RaftActors.Codec;
using RaftActors.Core;
using RaftActors.Wire;

namespace RaftActors.Transport;

/// <summary>Reads the frames that a <see cref="FrameWriter"/> wrote for one connection. Not thread-safe.</summary>
/// <param name="resolve">Finds the actor at a path with address.</param>
/// <param name="findSlab">Finds the memory for the values in the log of a member; null: they are views of the bytes.</param>
internal sealed class FrameReader(Address own, Func<string, IActorRef> resolve, Func<Member, ValueSlab?>? findSlab = null)
{
    // Only engines send and receive messages of a lane.
    public const string EnginesPath = "/system/raft/";

    // A frame may introduce members beyond those that the writer forgets at.
    private const int KnownMax = 64 * FrameWriter.MaxKnown;

    private readonly string _own = own.ToString();
    private readonly List<IActorRef> _receivers = [];
    private readonly List<IActorRef> _senders = [];
    private readonly List<Member> _members = [];

    // The paths of the receivers without their numbers: an engine that starts again is the same one.
    private readonly HashSet<string> _engines = [];

    /// <summary>The number of engines that the connection is known to have messages for.</summary>
    public int Engines => _engines.Count;

    /// <param name="bytes">Bytes that never change while the message lives, if it has views of them.</param>
    /// <param name="hasView">The message has views of the bytes.</param>
    /// <returns>Null: the message is of a kind that this version does not know.</returns>
    /// <exception cref="InvalidDataException">The bytes are no frame.</exception>
    public Frame? Read(ReadOnlyMemory<byte> bytes, out bool hasView)
    {
        var reader = ByteReader.OfKept(bytes, findSlab);
        if (reader.Flag())
        {
            _receivers.Clear();
            _engines.Clear();
            _senders.Clear();
            _members.Clear();
        }

        var known = _receivers.Count;
        var to = ReadActor(ref reader, _receivers, _own);
        if (_receivers.Count > known)
        {
            _engines.Add(to.Path.ToStringWithoutAddress());
        }

        var from = ReadActor(ref reader, _senders, node: "");
        reader.ShareMembers(_members);
        if (ReadMessage(ref reader) is not { } message)
        {
            hasView = false;
            return null;
        }

        reader.End();
        if (_members.Count > KnownMax)
        {
            throw reader.Damaged($"it introduces too many members: {_members.Count}");
        }

        hasView = reader.HasView;
        return new Frame(to, message, from);
    }

    // Null: its kind is unknown. If it introduced members, the next frame forgets all; see FrameWriter.
    private static WireMessage? ReadMessage(ref ByteReader reader)
    {
        try
        {
            return WireTable.ReadNamed(
                ref reader, WireTable.BatchManifest, WireTable.HelloManifest, WireTable.LaneAtManifest, WireTable.LaneFenceManifest);
        }
        catch (UnknownMessageException)
        {
            return null;
        }
    }

    /// <param name="node">The address that a path lacks.</param>
    private IActorRef ReadActor(ref ByteReader reader, List<IActorRef> known, string node)
    {
        var place = reader.Count();
        if (place > known.Count || known.Count > KnownMax)
        {
            throw reader.Damaged($"actor {place} of {known.Count} is named");
        }

        if (place == 0)
        {
            known.Add(EngineAt(node + reader.Text()));
        }

        return place == 0 ? known[^1] : known[(int)place - 1];
    }

    private IActorRef EngineAt(string path) =>
        ActorPath.TryParse(path, out var parsed)
        && parsed.ToStringWithoutAddress().StartsWith(EnginesPath, StringComparison.Ordinal)
            ? resolve(path)
            : throw new InvalidDataException($"'{path}' is no path of an engine.");

    internal readonly record struct Frame(IActorRef To, WireMessage Message, IActorRef From);
}
