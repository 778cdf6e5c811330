using RaftActors.Core;
using RaftActors.Core.Codec;
using RaftActors.Settings;

namespace RaftActors.Wire;

/// <summary>
/// All calls of clients and all replies: the number of each on the wire, the role that a call needs, and the codec. Calls and replies are
/// numbered separately. A number never changes and is never reused. The engine and the registry handle the calls by their types.
/// </summary>
internal static class CallTable
{
    private const int EventSizeMin = 2;

    private static readonly Row[] Calls =
    [
        Of<ClientCall.Locate>(1, ConnectionRole.Reader, (ref f, call) => new(f.Group(call?.Group))),
        Of<ClientCall.Append>(2, ConnectionRole.Writer, ClientFormat.WriteAppend, ClientFormat.ReadAppend),
        Of<ClientCall.Query>(3, ConnectionRole.Reader, ClientFormat.WriteQuery, ClientFormat.ReadQuery),
        Of<ClientCall.Read>(
            4,
            ConnectionRole.Reader,
            (ref f, call) => new(f.Serial(call?.After), (int)Math.Clamp(f.Count(call?.Max), 1, int.MaxValue), f.Timeout(call?.Wait))),
        Of<ClientCall.Change>(
            5, ConnectionRole.Operator, (ref f, call) => new(WireFormat.Change(ref f, call?.What), f.Timeout(call?.Timeout))),
        Of<ClientCall.Explain>(6, ConnectionRole.Reader, (ref _, _) => new()),
        Of<ClientCall.Status>(7, ConnectionRole.Reader, (ref _, _) => new()),
        Of<ClientCall.Describe>(8, ConnectionRole.Reader, (ref _, _) => new()),
        Of<ClientCall.ListProcesses>(
            9,
            ConnectionRole.Reader,
            (ref f, call) => new(f.Flag(call?.After is not null) ? ClientFormat.Place(ref f, call?.After) : null)),
        Of<ClientCall.TakeSnapshot>(10, ConnectionRole.Operator, (ref f, call) => new(f.Timeout(call?.Timeout))),
        Of<ClientCall.Backup>(
            11,
            ConnectionRole.Operator,
            (ref f, call) => new(f.Position(call?.Has), f.Position(call?.Snapshot), f.Count(call?.Place), f.Index(call?.Least))),
        Of<ClientCall.Events>(12, ConnectionRole.Reader, (ref _, _) => new()),
        Of<ClientCall.Close>(
            13, ConnectionRole.Writer, (ref f, call) => new(ClientSession.Of(f.Identity(call?.Session.Secret)), f.Count(call?.Number))),
        Of<ClientCall.Ping>(14, ConnectionRole.Reader, (ref _, _) => new()),
    ];

    // Numbers from 100 on are those of the messages that actors get too. OutcomeFormat has their bytes.
    private static readonly Row[] Replies =
    [
        Of<ClientReply.Located>(1, ClientFormat.Located),
        Of<ClientReply.Pairs>(2, ClientFormat.Pairs),
        Of<ClientReply.Declined>(3, (ref f, reply) => new(f.Detail(reply?.Why))),
        Of<ClientReply.Failed>(4, (ref f, reply) => new(WireFormat.Failure(ref f, reply?.Failure))),
        Of<ClientReply.Description>(5, ClientFormat.Description),
        Of<ClientReply.ProcessList>(6, ClientFormat.ProcessList),
        Of<ClientReply.SnapshotTaken>(7, (ref f, reply) => new(f.Position(reply?.Position), f.Count(reply?.Length))),
        Of<ClientReply.BackupPart>(8, ClientFormat.BackupPart),
        Of<ClientReply.NotLeading>(
            9, (ref f, reply) => new(f.OptionalName(reply?.Leader), f.Term(reply?.Term), f.Flag(reply?.MayBeWritten))),
        Of<ClientReply.Events>(
            10,
            (ref f, reply) => new(f.List(reply?.Latest, EventSizeMin, static (ref f, each) => (f.Instant(each.At), f.Detail(each.Text))))),
        Of<ClientReply.Leading>(11, (ref f, reply) => new(new GroupUid(f.Identity(reply?.Uid.Value)), f.Serial(reply?.Committed))),
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
        where T : class =>
        new(number, typeof(T), role, (writer, call) => write(writer, (T)call), (ref reader) => read(ref reader));

    private static Row Of<T>(byte number, ConnectionRole role, Format<T> format)
        where T : ClientCall => Of(number, role, WireFields.Writer(format), WireFields.Reader(format));

    private static Row Of<T>(byte number, Format<T> format)
        where T : ClientReply => Of(number, default, WireFields.Writer(format), WireFields.Reader(format));

    private sealed record Row(
        byte Number, Type Type, ConnectionRole Role, Action<ByteWriter, object> Write, ByteReader.Read<object> Read);
}
