using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Serialization;

using RaftActors.Core;
using RaftActors.Core.Codec;
using RaftActors.Security;
using RaftActors.Telemetry;
using RaftActors.Transport;

namespace RaftActors.Wire;

/// <summary>
/// The bytes between nodes: one octet with the version of the format, then the message. <see cref="WireTable"/> has the messages of
/// engines and registries, and <see cref="OutcomeFormat"/> those that a <c>replyTo</c> receives. The number of the serializer never
/// changes. Bytes that cannot be read are one <see cref="InvalidDataException"/>. Registered by <c>reference.conf</c>.
/// </summary>
internal sealed class RaftMessageSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>The number of this serializer. It never changes.</summary>
    public const int Number = 1520;

    /// <summary>The version of the format.</summary>
    public const byte Version = 1;

    // A thread keeps at most this much of the buffer of its latest message.
    private const int KeptSizeMax = 256 * 1024;
    private const int KeptMembersMax = 64;

    private readonly OutcomeFormat _outcomes = new(system);
    private readonly bool _isSecure = SecuritySettings.IsOnIn(system.Settings.Config.GetConfig("raft") ?? Config.Empty);
    private readonly WarningLimit _warnings = new(TimeProvider.System);
    private readonly TransportMetrics _metrics = new(system.Name);
    private readonly Func<Member, ValueSlab?> _findSlab = ValueSlabs.Of(system).Find;

    // Many threads call a serializer at a time.
    [ThreadStatic]
    private static ByteWriter? _writer;

    // Null while it is used: a serializer of the user may read a message in a message.
    [ThreadStatic]
    private static List<Member>? _members;

    /// <inheritdoc/>
    public override int Identifier => Number;

    /// <inheritdoc/>
    public override string Manifest(object o) => o is WireMessage message ? WireTable.Manifest(message) : OutcomeFormat.Manifest(o);

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj)
    {
        var writer = _writer ??= new ByteWriter();
        writer.Clear(KeptSizeMax);
        writer.ShareMembers();
        writer.Octet(Version);
        if (obj is WireMessage message)
        {
            WireTable.Write(writer, message);
        }
        else
        {
            _outcomes.Write(writer, obj);
        }

        _metrics.OnSent(writer.Length);
        return writer.ToArray();
    }

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        _metrics.OnReceived(bytes.Length);
        var members = _members ?? [];
        _members = null;
        try
        {
            var message = Read(bytes, manifest, members);
            return _isSecure && message is WireMessage wire ? Distrust(wire) : message;
        }
        catch (UnknownMessageException e)
        {
            throw new InvalidDataException(e.Message, e);
        }
        finally
        {
            if (members.Capacity <= KeptMembersMax)
            {
                members.Clear();
                _members = members;
            }
        }
    }

    // Akka's remoting does not say who has sent a message. Lanes do, and do not call this method for messages of raft.
    private ByRemoting Distrust(WireMessage message)
    {
        if (message is WireMessage.LaneWanted or WireMessage.LaneAt)
        {
            return new ByRemoting(message);
        }

        if (_warnings.TryGive("", "Refused a message of raft that came by Akka's remoting, because raft.security is set.", out var text))
        {
            system.Log.Warning("{0}", text);
        }

        return new ByRemoting(null);
    }

    // Akka makes an array for each message, so the values of the message may be views of it. Those of entries outlive the message.
    private object Read(byte[] bytes, string manifest, List<Member> members)
    {
        var reader = ByteReader.OfKept(bytes, _findSlab);
        var version = reader.Octet();
        if (version != Version)
        {
            throw reader.Damaged($"its format has version {version}, and this node knows only {Version}; update this node");
        }

        reader.ShareMembers(members);
        var message = OutcomeFormat.Types.ContainsKey(manifest)
            ? _outcomes.Read(ref reader, manifest)
            : WireTable.Read(ref reader, manifest);
        reader.End();
        return message;
    }
}
