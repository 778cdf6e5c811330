using Akka.Actor;
using Akka.Event;
using Akka.Serialization;

using RaftActors.Core.Codec;
using RaftActors.Settings;
using RaftActors.Telemetry;

namespace RaftActors.Wire;

/// <summary>
/// The bytes of what raft sends by Akka's remoting: one octet with the format level, then the message. The receiver's levels are not
/// known, so the level is the lowest of this program. Only the messages to a <c>replyTo</c> go this way (<see cref="OutcomeFormat"/>). All
/// others are refused unread, because only raft's connections prove the sender of a message. Bytes that cannot be read become one <see
/// cref="InvalidDataException"/>. Registered by <c>reference.conf</c>.
/// </summary>
internal sealed class RaftMessageSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>The number of this serializer. It never changes.</summary>
    public const int Number = 1520;

    // The most of the latest message's buffer that a thread keeps.
    private const int KeptSizeMax = 256 * 1024;

    private readonly OutcomeFormat _outcomes = new(system);
    private readonly WarningLimit _warnings = new(Machine.Current.Time);
    private readonly TransportMetrics _metrics = new(system.Name);

    // One for each thread, because several threads call a serializer at a time.
    [ThreadStatic]
    private static ByteWriter? _writer;

    /// <inheritdoc/>
    public override int Identifier => Number;

    /// <inheritdoc/>
    public override string Manifest(object o) => o is WireMessage message ? WireTable.Manifest(message) : OutcomeFormat.Manifest(o);

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj)
    {
        var writer = _writer ??= new ByteWriter();
        writer.Clear(KeptSizeMax);
        writer.Level = FormatRange.Own.Lowest;
        writer.Octet(writer.Level);
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
        if (!OutcomeFormat.Types.ContainsKey(manifest))
        {
            const string Why = "Refused a message of raft that came by Akka's remoting: only connections of raft take it. Find out which "
                + "program sends it.";
            if (_warnings.TryGive("", Why, out var text))
            {
                system.Log.Warning("{0}", text);
            }

            return RefusedMessage.Instance;
        }

        var reader = ByteReader.OfKept(bytes);
        var level = reader.Octet();
        if (!FormatRange.Own.Has(level))
        {
            throw reader.Damaged($"its format has level {level}, and this node knows {FormatRange.Own}");
        }

        var message = _outcomes.Read(ref reader, manifest);
        reader.End();
        return message;
    }
}
