using RaftActors.Core;
using RaftActors.Core.Codec;
using RaftActors.Settings;
using RaftActors.Values;

namespace RaftActors.Wire;

/// <summary>
/// All calls of clients and all replies: the number of each on the wire, the role that a call needs, and the codec. Calls and replies are
/// numbered separately. A number never changes and is never reused. The engine and the registry handle the calls by their types.
/// </summary>
internal static class CallTable
{
    private static readonly Row[] Calls =
    [
        Of<ClientCall.Locate>(
            1, ConnectionRole.Reader, (writer, locate) => writer.Text(locate.Group), (ref reader) => new ClientCall.Locate(reader.Text())),
        Of<ClientCall.Append>(2, ConnectionRole.Writer, ClientFormat.WriteAppend, ClientFormat.ReadAppend),
        Of<ClientCall.Query>(3, ConnectionRole.Reader, ClientFormat.WriteQuery, ClientFormat.ReadQuery),
        Of<ClientCall.Read>(4, ConnectionRole.Reader, ClientFormat.WriteRead, ClientFormat.ReadRead),
        Of<ClientCall.Change>(5, ConnectionRole.Operator, ClientFormat.WriteChange, ClientFormat.ReadChange),
        Of<ClientCall.Explain>(6, ConnectionRole.Reader, (_, _) => { }, (ref _) => new ClientCall.Explain()),
        Of<ClientCall.Status>(7, ConnectionRole.Reader, (_, _) => { }, (ref _) => new ClientCall.Status()),
        Of<ClientCall.Describe>(8, ConnectionRole.Reader, (_, _) => { }, (ref _) => new ClientCall.Describe()),
        Of<ClientCall.ListProcesses>(9, ConnectionRole.Reader, ProcessListFormat.WriteCall, ProcessListFormat.ReadCall),
        Of<ClientCall.TakeSnapshot>(10, ConnectionRole.Operator, ClientFormat.WriteTakeSnapshot, ClientFormat.ReadTakeSnapshot),
        Of<ClientCall.Backup>(11, ConnectionRole.Operator, ClientFormat.WriteBackup, ClientFormat.ReadBackup),
    ];

    // Numbers from 100 on are those of the messages that actors get too. OutcomeFormat has their bytes.
    private static readonly Row[] Replies =
    [
        Of<ClientReply.Located>(1, ClientFormat.WriteLocated, ClientFormat.ReadLocated),
        Of<ClientReply.Pairs>(2, ClientFormat.WritePairs, ClientFormat.ReadPairs),
        Of<ClientReply.Declined>(
            3, (writer, declined) => writer.Text(declined.Why), (ref reader) => new ClientReply.Declined(reader.Text())),
        Of<ClientReply.Failed>(
            4,
            (writer, failed) => WireFormat.WriteFailure(writer, failed.Failure),
            (ref reader) => new ClientReply.Failed(WireFormat.ReadFailure(ref reader))),
        Of<ClientReply.Description>(5, ClientFormat.WriteDescription, ClientFormat.ReadDescription),
        Of<ClientReply.ProcessList>(6, ProcessListFormat.WriteReply, ProcessListFormat.ReadReply),
        Of<ClientReply.SnapshotTaken>(7, ClientFormat.WriteSnapshotTaken, ClientFormat.ReadSnapshotTaken),
        Of<ClientReply.BackupPart>(8, ClientFormat.WriteBackupPart, ClientFormat.ReadBackupPart),
        Of<ClientReply.NotLeading>(9, ClientFormat.WriteNotLeading, ClientFormat.ReadNotLeading),
    ];

    private static readonly Dictionary<Type, Row> ByType = Calls.Concat(Replies).ToDictionary(row => row.Type);
    private static readonly Row?[] CallsByNumber = ByNumber(Calls);
    private static readonly Row?[] RepliesByNumber = ByNumber(Replies);

    /// <summary>The types of all calls and then of all replies, in the order of their numbers.</summary>
    public static IEnumerable<Type> Types => Calls.Concat(Replies).Select(row => row.Type);

    public static ConnectionRole RoleFor(ClientCall call) => ByType[call.GetType()].Role;

    public static void Write(ByteWriter writer, object message)
    {
        var row = ByType[message.GetType()];
        writer.Octet(row.Number);
        row.Write(writer, message);
    }

    /// <exception cref="InvalidDataException">The number is unknown, or the bytes are no such call.</exception>
    public static ClientCall ReadCall(ref ByteReader reader) => (ClientCall)Read(ref reader, CallsByNumber, reader.Octet());

    /// <param name="number">The number of the reply, which was read before.</param>
    /// <exception cref="InvalidDataException">The number is unknown, or the bytes are no such reply.</exception>
    public static ClientReply ReadReply(ref ByteReader reader, byte number) => (ClientReply)Read(ref reader, RepliesByNumber, number);

    private static object Read(ref ByteReader reader, Row?[] rows, byte number) =>
        number < rows.Length && rows[number] is { } row
            ? row.Read(ref reader)
            : throw reader.Damaged($"{number} is no number of a call or a reply that this program knows");

    private static Row?[] ByNumber(Row[] rows)
    {
        var byNumber = new Row?[rows[^1].Number + 1];
        foreach (var row in rows)
        {
            byNumber[row.Number] = row;
        }

        return byNumber;
    }

    private static Row Of<T>(byte number, ConnectionRole role, Action<ByteWriter, T> write, ByteReader.Read<T> read)
        where T : ClientCall =>
        new(number, typeof(T), role, (writer, call) => write(writer, (T)call), (ref reader) => read(ref reader));

    private static Row Of<T>(byte number, Action<ByteWriter, T> write, ByteReader.Read<T> read)
        where T : ClientReply =>
        new(number, typeof(T), default, (writer, reply) => write(writer, (T)reply), (ref reader) => read(ref reader));

    private sealed record Row(
        byte Number, Type Type, ConnectionRole Role, Action<ByteWriter, object> Write, ByteReader.Read<object> Read);
}
