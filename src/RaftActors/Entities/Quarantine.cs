using System.Collections.Immutable;

namespace RaftActors.Entities;

/// <summary>The commands that a quarantined entity has not handled since its stored state.</summary>
/// <param name="Failed">The serial of the command that failed.</param>
/// <param name="Held">The commands as bytes, in order.</param>
/// <param name="Size">The bytes of the commands, with <see cref="Overhead"/> for each.</param>
internal sealed record Quarantine(Serial Failed, ImmutableList<StoredState> Held, long Size)
{
    /// <summary>Roughly the memory of a command without its bytes.</summary>
    public const int Overhead = 64;

    private static readonly Comparer<StoredState> BySerial =
        Comparer<StoredState>.Create((one, other) => Comparer<Serial>.Default.Compare(one.Serial, other.Serial));

    public Quarantine(Serial failed, ImmutableList<StoredState> held)
        : this(failed, held, held.Sum(SizeOf))
    {
    }

    public static long SizeOf(StoredState command) => Overhead + command.Bytes.Length;

    public Quarantine Hold(StoredState command) => this with { Held = Held.Add(command), Size = Size + SizeOf(command) };

    public bool Holds(Serial serial) => Held.BinarySearch(new StoredState(serial, default, default), BySerial) >= 0;

    public void Write(BinaryWriter writer, string id)
    {
        writer.Write(id);
        writer.Write(Failed.Value);
        writer.Write(Held.Count);
        foreach (var command in Held)
        {
            command.Write(writer, id);
        }
    }

    /// <exception cref="InvalidDataException">The bytes end too early.</exception>
    public static (string Id, Quarantine Quarantine) Read(BinaryReader reader)
    {
        var (id, failed) = (reader.ReadString(), reader.ReadInt64());
        var held = ImmutableList.CreateBuilder<StoredState>();
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            held.Add(StoredState.Read(reader).State);
        }

        return (id, new Quarantine(new Serial(failed), held.ToImmutable()));
    }
}
