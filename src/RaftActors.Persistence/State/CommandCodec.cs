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
        Batch = 5,
    }

    /// <summary>The bytes of an event in a command, beside its own.</summary>
    public const int EventOverhead = sizeof(long) + sizeof(int);

    // More than the numbers, lengths and flags of a command beside its events.
    private const int FieldsMax = 256;

    // Of a character in UTF-8.
    private const int CharacterMax = 3;

    public static CommandCodec Instance { get; } = new();

    /// <summary>Returns no less than the bytes of a pair with this write, and of the write in a batch.</summary>
    public static long SizeOf(string id, Command.Write write) =>
        OverheadOf(id, write.Writer) + write.Events.Sum(each => (long)each.Bytes.Length + EventOverhead);

    /// <summary>Returns no less than the bytes of a pair beside its events or its snapshot.</summary>
    public static int OverheadOf(string id, string writer = "") => FieldsMax + ((id.Length + writer.Length) * CharacterMax);

    public override void Encode(Command value, IBufferWriter<byte> output) => output.Write(Binary.Write(writer =>
    {
        switch (value)
        {
            case Command.Write write:
                writer.Write((byte)Kind.Write);
                Encode(writer, write);
                break;
            case Command.Batch { Writes: var writes }:
                writer.Write((byte)Kind.Batch);
                writer.Write(writes.Length);
                foreach (var (id, write) in writes)
                {
                    writer.Write(id);
                    Encode(writer, write);
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
        Kind.Write => ReadWrite(reader),
        Kind.Batch => new Command.Batch(ReadAll(reader, static reader => (reader.ReadString(), ReadWrite(reader)))),
        Kind.DeleteEvents => new Command.DeleteEvents(reader.ReadInt64()),
        Kind.SaveSnapshot => new Command.SaveSnapshot(new StoredSnapshot(reader.ReadInt64(), reader.ReadInt64(), reader.ReadBlock())),
        Kind.DeleteSnapshots => new Command.DeleteSnapshots(reader.ReadBounds()),
        var other => throw new InvalidDataException(
            $"{(byte)other} is no kind of a command of the journal. Update RaftActors.Persistence on this node."),
    };

    private static void Encode(BinaryWriter writer, Command.Write write)
    {
        writer.Write(write.Writer);
        writer.Write(write.IsFirst);
        writer.Write(write.After);
        writer.Write(write.Events.Length);
        foreach (var (number, bytes) in write.Events)
        {
            writer.Write(number);
            writer.WriteBlock(bytes);
        }
    }

    private static Command.Write ReadWrite(BinaryReader reader) => new(
        reader.ReadString(),
        reader.ReadBoolean(),
        reader.ReadInt64(),
        ReadAll(reader, static reader => new StoredEvent(reader.ReadInt64(), reader.ReadBlock())));

    private static ImmutableArray<T> ReadAll<T>(BinaryReader reader, Func<BinaryReader, T> read)
    {
        var all = ImmutableArray.CreateBuilder<T>();
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            all.Add(read(reader));
        }

        return all.ToImmutable();
    }
}
