using Akka.Actor;
using Akka.Persistence;
using Akka.Persistence.Journal;
using Akka.Serialization;

using RaftActors.Persistence.State;

namespace RaftActors.Persistence.Plugins;

/// <summary>
/// Writes events and snapshots as Akka.NET does: the id of a serializer, its manifest, and its bytes. So any serializer of the application
/// works, and none of it runs in a raft actor. Thread-safe.
/// </summary>
internal sealed class Payloads(ExtendedActorSystem system)
{
    /// <exception cref="Exception">Any exception of the serializer.</exception>
    public StoredEvent Write(IPersistentRepresentation each)
    {
        var (payload, tags) = each.Payload is Tagged tagged ? (tagged.Payload, tagged.Tags) : (each.Payload, []);
        return new StoredEvent(each.SequenceNr, Binary.Write(writer =>
        {
            writer.Write(each.WriterGuid ?? "");
            writer.Write(each.Timestamp > 0 ? each.Timestamp : Raft.Time.GetUtcNow().UtcTicks);
            writer.Write(each.Manifest ?? "");
            writer.Write(tags.Count);
            foreach (var tag in tags.Order(StringComparer.Ordinal))
            {
                writer.Write(tag);
            }

            WriteObject(writer, payload);
        }));
    }

    /// <exception cref="Exception">Any exception of the serializer.</exception>
    public IPersistentRepresentation Read(string id, StoredEvent each) => Binary.Read(each.Bytes, reader =>
    {
        var (writer, time, manifest) = (reader.ReadString(), reader.ReadInt64(), reader.ReadString());
        for (var tags = reader.ReadInt32(); tags > 0; tags--)
        {
            _ = reader.ReadString();
        }

        return new Persistent(ReadObject(reader), each.SequenceNr, id, manifest, isDeleted: false, ActorRefs.NoSender, writer)
            .WithTimestamp(time);
    });

    public byte[] WriteSnapshot(object snapshot) => Binary.Write(writer => WriteObject(writer, snapshot));

    public object ReadSnapshot(byte[] bytes) => Binary.Read(bytes, ReadObject);

    // References to actors are written with the address of this node, because other nodes may read them.
    private void WriteObject(BinaryWriter writer, object value)
    {
        var (id, manifest, bytes) = Serialization.WithTransport(system, (system, value), static state =>
        {
            var serializer = state.system.Serialization.FindSerializerFor(state.value);
            return (serializer.Identifier, Serialization.ManifestFor(serializer, state.value), serializer.ToBinary(state.value));
        });
        writer.Write(id);
        writer.Write(manifest ?? "");
        writer.WriteBlock(bytes);
    }

    private object ReadObject(BinaryReader reader)
    {
        var (id, manifest) = (reader.ReadInt32(), reader.ReadString());
        return system.Serialization.Deserialize(reader.ReadBlock(), id, manifest);
    }
}
