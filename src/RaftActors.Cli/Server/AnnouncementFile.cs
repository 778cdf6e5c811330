using System.Collections.Immutable;
using System.Globalization;
using System.Text;

using RaftActors.Codec;
using RaftActors.Storage;
using RaftActors.Storage.Disk;

namespace RaftActors.Cli.Server;

/// <summary>
/// A server's note of what it has told its operator, so that a restart does not tell it again: up to which serial it has written what
/// <c>print</c> and <c>count</c> ask for, and which members it has announced. It is durable before the line is written, so a line is
/// written at most once, and is missing if the server dies in between.
/// <para>
/// It has a folder of its own in the data directory, beside the store's files, where neither the store nor the tools that repair it touch
/// it. The store's lock keeps it from two servers. Serials and indexes mean something within one group only, so it says which.
/// </para>
/// </summary>
internal sealed class AnnouncementFile
{
    public const string Folder = "server";

    private const string Name = Folder + "/announced";
    private const string Unfinished = Folder + "/announced.new";
    private const string Heading = "announced 1";
    private const int SizeMax = 1 << 20;
    private const long FirstIndex = 1;

    private readonly IDisk _disk;

    private AnnouncementFile(IDisk disk) => _disk = disk;

    /// <summary>The identity of the group that all of this is about; empty: none was known yet.</summary>
    public Guid Group { get; private set; }

    /// <summary>The last message whose line was written.</summary>
    public long Serial { get; private set; }

    /// <summary>Where the configuration stands whose members were announced last; 0: none was yet.</summary>
    public long MembersIndex { get; private set; }

    /// <summary>The members that were announced last, by name.</summary>
    public ImmutableArray<ServerId> Members { get; private set; } = [];

    /// <exception cref="StoreException">It is damaged, or the disk does not give it.</exception>
    public static AnnouncementFile Load(IDisk disk)
    {
        try
        {
            disk.CreateFolder(Folder);
            disk.SyncFolder("");
            var announced = new AnnouncementFile(disk);
            if (disk.List(Folder).Contains(Path.GetFileName(Name)))
            {
                announced.Read();
            }

            return announced;
        }
        catch (InvalidDataException e)
        {
            throw new StoreException(
                $"{disk.PathOf(Name)} is damaged ({e.Message.TrimEnd('.')}): it says what this server has written to its output. Move it "
                + "away and start again: the messages are not in it, and nothing is lost, but lines that were written before are written "
                + "once more.",
                e);
        }
        catch (IOException e) when (e is not StoreException)
        {
            throw new StoreException(e.Message, e);
        }
    }

    /// <summary>The server is in this group: what was noted of another one, whose log is gone, is noted no more.</summary>
    /// <returns>Whether something was.</returns>
    public bool NoteGroup(Guid group)
    {
        if (group == Guid.Empty || group == Group)
        {
            return false;
        }

        var isOther = Group != Guid.Empty;
        var (serial, index, members) = isOther ? (0, 0, []) : (Serial, MembersIndex, Members);
        Write(group, serial, index, members);
        (Group, Serial, MembersIndex, Members) = (group, serial, index, members);
        return isOther;
    }

    /// <summary>The line of this message is about to be written.</summary>
    public void NoteSerial(long serial)
    {
        Write(Group, serial, MembersIndex, Members);
        Serial = serial;
    }

    /// <summary>These members are about to be announced.</summary>
    public void NoteMembers(long index, ImmutableArray<ServerId> members)
    {
        Write(Group, Serial, index, members);
        (MembersIndex, Members) = (index, members);
    }

    /// <summary>
    /// Notes the new identity of a recovered group. All configurations of its log are the same one from now on, so that the first of
    /// them is announced, wherever the last one stood.
    /// </summary>
    /// <exception cref="StoreException">It is damaged, or the disk does not give it.</exception>
    public static void NoteRecovery(string directory, Guid before, Guid after)
    {
        if (File.Exists(Path.Combine(directory, Name)) && Load(new FileDisk(directory)) is var told && told.Group == before)
        {
            told.Write(after, told.Serial, Math.Min(told.MembersIndex, FirstIndex), told.Members);
        }
    }

    private static string Checked(string text) =>
        string.Create(CultureInfo.InvariantCulture, $"{text}check {Crc32C.Of(Encoding.UTF8.GetBytes(text)):x8}\n");

    private static string TextOf(Guid group, long serial, long index, ImmutableArray<ServerId> members) => Checked(string.Create(
        CultureInfo.InvariantCulture,
        $"{Heading}\ngroup {group:N}\nserial {serial}\nindex {index}\nmembers {string.Join(' ', members)}\n"));

    private void Write(Guid group, long serial, long index, ImmutableArray<ServerId> members)
    {
        var bytes = Encoding.UTF8.GetBytes(TextOf(group, serial, index, members));
        using (var file = _disk.Create(Unfinished, 0))
        {
            file.Write(0, bytes);
            file.Sync();
        }

        _disk.Rename(Unfinished, Name);
        _disk.SyncFolder(Folder);
    }

    private void Read()
    {
        using var file = _disk.Open(Name);
        if (file.Length > SizeMax)
        {
            throw new InvalidDataException($"it has {file.Length} bytes");
        }

        var bytes = new byte[file.Length];
        var text = StrictText.Decode(bytes.AsSpan(0, file.Read(0, bytes)));
        var lines = text.Split('\n');
        if (lines is not [Heading, var group, var serial, var index, var members, _, ""]
            || !TryGroup(group, out var lastGroup)
            || !TryNumber(serial, "serial ", out var lastSerial)
            || !TryNumber(index, "index ", out var lastIndex)
            || !TryMembers(members, out var lastMembers)
            || TextOf(lastGroup, lastSerial, lastIndex, lastMembers) != text)
        {
            throw new InvalidDataException("its check sum or its form is wrong");
        }

        (Group, Serial, MembersIndex, Members) = (lastGroup, lastSerial, lastIndex, lastMembers);
    }

    private static bool TryGroup(string line, out Guid group)
    {
        const string name = "group ";
        group = Guid.Empty;
        return line.StartsWith(name, StringComparison.Ordinal) && Guid.TryParseExact(line.AsSpan(name.Length), "N", out group);
    }

    private static bool TryNumber(string line, string name, out long number)
    {
        number = 0;
        return line.StartsWith(name, StringComparison.Ordinal)
            && long.TryParse(line.AsSpan(name.Length), NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    private static bool TryMembers(string line, out ImmutableArray<ServerId> members)
    {
        const string name = "members ";
        var found = ImmutableArray.CreateBuilder<ServerId>();
        members = [];
        if (!line.StartsWith(name, StringComparison.Ordinal))
        {
            return false;
        }

        foreach (var text in line[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!ServerId.TryParse(text, out var id))
            {
                return false;
            }

            found.Add(id);
        }

        members = found.ToImmutable();
        return true;
    }
}
