using Akka.Actor;

using RaftActors.Core.Codec;

namespace RaftActors.Wire;

/// <summary>The bytes of the list of the processes of a node.</summary>
internal static class ProcessListFormat
{
    private const int AddressSizeMin = 2;
    private const int RowSizeMin = 14;

    public static void WriteCall(ByteWriter writer, ClientCall.ListProcesses call) => writer.Optional(call.After, WritePlace);

    public static ClientCall.ListProcesses ReadCall(ref ByteReader reader) => new(reader.Flag() ? ReadPlace(ref reader) : null);

    public static void WriteReply(ByteWriter writer, ClientReply.ProcessList list)
    {
        writer.Text(list.Node.ToString());
        writer.List(list.Others, node => writer.Text(node.ToString()));
        writer.List(list.Rows, row => WriteRow(writer, row));
        writer.Flag(list.HasMore);
    }

    public static ClientReply.ProcessList ReadReply(ref ByteReader reader) => new(
        ClientFormat.ReadAddress(ref reader),
        reader.List(AddressSizeMin, static (ref ByteReader each) => ClientFormat.ReadAddress(ref each)),
        reader.List(RowSizeMin, static (ref ByteReader each) => ReadRow(ref each)),
        reader.Flag());

    private static void WritePlace(ByteWriter writer, ProcessPlace place)
    {
        writer.Text(place.Group);
        writer.Text(place.Name.Value);
    }

    private static ProcessPlace ReadPlace(ref ByteReader reader) => new(reader.Text(), reader.Name());

    private static void WriteRow(ByteWriter writer, ProcessRow row)
    {
        WritePlace(writer, row.Place);
        writer.Flag(row.IsMember);
        writer.Number((long)row.Problems);
        writer.Octet((byte)row.Role);
        writer.Number(row.Term);
        writer.Optional(row.Leader, static (to, leader) => to.Text(leader.Value));
        writer.Number(row.Delivered.Value);
        writer.Number(row.Committed.Value);
        writer.Number(row.Members);
        writer.Optional(row.SyncTime, static (to, time) => to.Number(time.Ticks));
    }

    private static ProcessRow ReadRow(ref ByteReader reader) => new(
        ReadPlace(ref reader),
        reader.Flag(),
        (ProblemKind)reader.Integer(),
        StatusFormat.ReadRole(ref reader),
        reader.Count(),
        reader.Flag() ? reader.Name() : null,
        new Serial(reader.Count()),
        new Serial(reader.Count()),
        reader.Integer(),
        reader.Flag() ? new TimeSpan(reader.Count()) : null);
}
