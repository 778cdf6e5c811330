using RaftActors.Cli.Server;

namespace RaftActors.Fuzz.Targets;

/// <summary>The message log in a snapshot of a server of the program <c>raft</c>.</summary>
internal sealed class MessageLogTarget : Target
{
    public override string Name => "message-log";

    public override string Reads => "MessageLogFormat of the program raft";

    public override IEnumerable<byte[]> Seeds()
    {
        var log = new MessageLog();
        log.Apply("id1", "größe", 1);
        log.Apply("id2", "", 7);
        return [MessageLogFormat.Write(log.Messages)];
    }

    public override object Read(byte[] input) => MessageLogFormat.Read(input);

    public override string ShapeOf(object read) => read.GetType().Name;

    public override void Check(object read)
    {
        var log = (MessageLog)read;
        var again = MessageLogFormat.Read(MessageLogFormat.Write(log.Messages));
        DemandEqual(string.Join('\n', log.Messages), string.Join('\n', again.Messages), "A log changes when it is written again");
    }

    public override bool IsRefusal(Exception e) => e is InvalidDataException;
}
