using RaftActors.Cli.Server;
using RaftActors.Storage;
using RaftActors.Testing.DiskModel;

namespace RaftActors.Fuzz.Targets;

/// <summary>The files of a server of the program <c>raft</c>: the message log in a snapshot, and the announcement file.</summary>
internal sealed class CliFilesTarget : Target
{
    private const string Announced = "server/announced";

    public override string Name => "cli-files";

    public override string Reads => "MessageLogFormat and AnnouncementFile of the program raft";

    public override IReadOnlyList<byte[]> Words { get; } = TextWords.Of("announced 1\n", "group ", "serial ", "members ", ":9990 ", "\n");

    public override IEnumerable<byte[]> Seeds()
    {
        var log = new MessageLog();
        log.Apply("id1", "größe", 1);
        log.Apply("id2", "", 7);
        var disk = new ModelDisk();
        var announced = AnnouncementFile.Load(disk);
        announced.NoteGroup(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
        announced.NoteMembers(3, [new("", 9990), new("host", 9991)]);
        return [[0, .. MessageLogFormat.Write(log.Messages)], [1, .. disk.Now.Files[Announced]]];
    }

    public override object Read(byte[] input)
    {
        if (input.Length == 0 || input[0] % 2 == 0)
        {
            return MessageLogFormat.Read(input.AsSpan(Math.Min(1, input.Length)));
        }

        var image = DiskImage.Empty.With(Announced, input[1..]);
        return AnnouncementFile.Load(new ModelDisk(image with { Folders = image.Folders.Add("server") }) { IsRecording = false });
    }

    public override string ShapeOf(object read) => read.GetType().Name;

    public override void Check(object read)
    {
        if (read is MessageLog log)
        {
            var again = MessageLogFormat.Read(MessageLogFormat.Write(log.Messages));
            DemandEqual(string.Join('\n', log.Messages), string.Join('\n', again.Messages), "A log changes when it is written again");
        }
    }

    public override bool IsRefusal(Exception e) => e is InvalidDataException or StoreException;
}
