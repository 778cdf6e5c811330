using System.Text;

using RaftActors.Cli.Server;
using RaftActors.Storage;
using RaftActors.Testing.DiskModel;

namespace RaftActors.Cli.Tests.Server;

/// <summary>The durable record of the lines that a server has printed.</summary>
public sealed class AnnouncementFileTests
{
    private const string File = "server/announced";

    private static readonly Guid Group = new(1, 0, 0, new byte[8]);
    private static readonly ServerId[] Servers = [new("", 9990), new("host", 9991)];

    [Fact]
    public void Missing_file_is_an_empty_record()
    {
        var announced = AnnouncementFile.Load(new ModelDisk());
        Assert.Equal((0, 0, 0), (announced.Serial, announced.MembersIndex, announced.Members.Length));
    }

    [Fact]
    public void Record_is_read_again_after_a_restart()
    {
        var disk = new ModelDisk();
        var announced = AnnouncementFile.Load(disk);
        announced.NoteSerial(17);
        announced.NoteMembers(5, [.. Servers]);
        announced.NoteSerial(18);
        Assert.False(announced.NoteGroup(Group));

        var found = AnnouncementFile.Load(new ModelDisk(disk.Now));

        Assert.Equal((Group, 18, 5), (found.Group, found.Serial, found.MembersIndex));
        Assert.Equal(Servers, found.Members);
    }

    [Fact]
    public void Record_of_another_group_is_discarded_and_that_of_the_same_group_is_kept()
    {
        var disk = new ModelDisk();
        var announced = AnnouncementFile.Load(disk);
        announced.NoteGroup(Group);
        announced.NoteMembers(5, [.. Servers]);
        announced.NoteSerial(17);

        Assert.False(announced.NoteGroup(Guid.Empty));
        Assert.False(announced.NoteGroup(Group));
        Assert.Equal((17, 5), (announced.Serial, announced.MembersIndex));

        Assert.True(announced.NoteGroup(new Guid(2, 0, 0, new byte[8])));
        var found = AnnouncementFile.Load(new ModelDisk(disk.Now));
        Assert.Equal((0, 0, 0), (announced.Serial, announced.MembersIndex, announced.Members.Length));
        Assert.Equal((announced.Group, 0, 0, 0), (found.Group, found.Serial, found.MembersIndex, found.Members.Length));
    }

    [Fact]
    public void Power_cut_leaves_the_old_or_the_new_record_and_only_the_new_one_after_the_call()
    {
        var disk = new ModelDisk();
        var announced = AnnouncementFile.Load(disk);
        var loaded = disk.Operations.Count;
        announced.NoteSerial(1);
        var first = disk.Operations.Count;
        announced.NoteSerial(2);
        var second = disk.Operations.Count;

        foreach (var cut in disk.Cuts().Where(cut => cut.Operations >= loaded))
        {
            var serial = AnnouncementFile.Load(new ModelDisk(cut.Found)).Serial;
            var (least, most) = cut.Operations == second ? (2, 2) : cut.Operations >= first ? (1, 2) : (0, 1);
            Assert.True(serial >= least && serial <= most, $"{serial}, {cut}");
        }
    }

    [Theory]
    [InlineData(DiskFault.Create)]
    [InlineData(DiskFault.CreateFull)]
    [InlineData(DiskFault.Write)]
    [InlineData(DiskFault.WriteFull)]
    [InlineData(DiskFault.Sync)]
    [InlineData(DiskFault.Rename)]
    [InlineData(DiskFault.SyncFolder)]
    internal void Failed_write_throws_and_keeps_the_old_record(DiskFault fault)
    {
        var disk = new ModelDisk();
        var announced = AnnouncementFile.Load(disk);
        announced.NoteSerial(1);
        disk.Fail(fault);

        Assert.ThrowsAny<IOException>(() => announced.NoteSerial(2));

        Assert.Equal(1, announced.Serial);
        Assert.InRange(AnnouncementFile.Load(new ModelDisk(disk.Now)).Serial, 1, 2);
    }

    [Fact]
    public void Every_damaged_byte_is_detected_and_the_error_has_the_remedy()
    {
        var disk = new ModelDisk();
        var announced = AnnouncementFile.Load(disk);
        announced.NoteMembers(5, [.. Servers]);
        announced.NoteSerial(17);
        var bytes = disk.Now.Files[File];

        for (var i = 0; i < bytes.Length; i++)
        {
            byte[] damaged = [.. bytes];
            damaged[i] ^= 1;
            var refused = Assert.Throws<StoreException>(() => AnnouncementFile.Load(new ModelDisk(disk.Now.With(File, damaged))));
            Assert.Contains("server/announced is damaged", refused.Message);
            Assert.Contains("Move it away and start the server again", refused.Message);
            Assert.Throws<StoreException>(() => AnnouncementFile.Load(new ModelDisk(disk.Now.With(File, bytes[..i]))));
        }
    }

    [Fact]
    public void File_with_the_golden_bytes_is_read()
    {
        const string text =
            "announced 1\ngroup 00000001000000000000000000000000\nserial 17\nindex 5\nmembers :9990 host:9991\ncheck 2926c892\n";
        var disk = new ModelDisk();
        AnnouncementFile.Load(disk).NoteSerial(1);

        var found = AnnouncementFile.Load(new ModelDisk(disk.Now.With(File, Encoding.UTF8.GetBytes(text))));

        Assert.Equal((Group, 17, 5), (found.Group, found.Serial, found.MembersIndex));
        Assert.Equal(Servers, found.Members);
    }
}
