using System.Buffers;
using System.Collections.Immutable;

namespace RaftActors.Persistence.State;

/// <summary>
/// The bytes of commands in the log: the kind, then the fields in their order, little-endian. A later version of the program must read
/// them, so a new form of a command gets a new kind.
/// </summary>
internal sealed class CommandCodec : RaftCodec<Command>
{
    private enum Kind : byte
    {
        Write = 1,
        DeleteEvents = 2,
        SaveSnapshot = 3,
        DeleteSnapshots = 4,
    }

    /// <summary>The bytes of an event in a command, beside its own.</summary>
    public const int EventOverhead = sizeof(long) + sizeof(int);

    // More than the numbers, lengths and flags of a command beside its events.
    private const int FieldsMax = 256;

    // Of a character in UTF-8.
    private const int CharacterMax = 3;

    public static CommandCodec Instance { get; } = new();

    /// <summary>Returns no less than the bytes of a pair beside its events or its snapshot.</summary>
    public static int OverheadOf(string id, string writer = "") => FieldsMax + ((id.Length + writer.Length) * CharacterMax);

    public override void Encode(Command value, IBufferWriter<byte> output) => output.Write(Binary.Write(writer =>
    {
        switch (value)
        {
            case Command.Write write:
                writer.Write((byte)Kind.Write);
                writer.Write(write.Writer);
                writer.Write(write.IsFirst);
                writer.Write(write.After);
                writer.Write(write.Events.Length);
                foreach (var (number, bytes) in write.Events)
                {
                    writer.Write(number);
                    writer.WriteBlock(bytes);
                }

                break;
            case Command.DeleteEvents delete:
                writer.Write((byte)Kind.DeleteEvents);
                writer.Write(delete.To);
                break;
            case Command.SaveSnapshot { Snapshot: var (number, ticks, bytes) }:
                writer.Write((byte)Kind.SaveSnapshot);
                writer.Write(number);
                writer.Write(ticks);
                writer.WriteBlock(bytes);
                break;
            case Command.DeleteSnapshots { Bounds: var bounds }:
                writer.Write((byte)Kind.DeleteSnapshots);
                writer.Write(bounds);
                break;
        }
    }));

    public override Command Decode(ReadOnlySpan<byte> bytes) => Binary.Read(bytes.ToArray(), Decode);

    private static Command Decode(BinaryReader reader) => (Kind)reader.ReadByte() switch
    {
        Kind.Write => new Command.Write(reader.ReadString(), reader.ReadBoolean(), reader.ReadInt64(), ReadEvents(reader)),
        Kind.DeleteEvents => new Command.DeleteEvents(reader.ReadInt64()),
        Kind.SaveSnapshot => new Command.SaveSnapshot(new StoredSnapshot(reader.ReadInt64(), reader.ReadInt64(), reader.ReadBlock())),
        Kind.DeleteSnapshots => new Command.DeleteSnapshots(reader.ReadBounds()),
        var other => throw new InvalidDataException(
            $"{(byte)other} is no kind of a command of the journal. Update RaftActors.Persistence on this node."),
    };

    private static ImmutableArray<StoredEvent> ReadEvents(BinaryReader reader)
    {
        var events = ImmutableArray.CreateBuilder<StoredEvent>();
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            events.Add(new StoredEvent(reader.ReadInt64(), reader.ReadBlock()));
        }

        return events.ToImmutable();
    }
}
