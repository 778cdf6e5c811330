using System.Collections.Immutable;
using System.Globalization;
using System.Text;

using RaftActors.Core.Codec;
using RaftActors.Storage;
using RaftActors.Storage.Disk;

namespace RaftActors.Cli.Server;

/// <summary>
/// The durable record of the lines that a server has printed, so that a restart does not print them again. It holds the serial of the last
/// <c>print</c> or <c>count</c> that was carried out, and the members that were announced last. The record is durable before the line is
/// written. So a line is written at most once, and is missing if the server dies in between.
/// <para>
/// The file has its own folder in the data directory, which neither the store nor its repair tools touch. The store's lock protects it from
/// a second server. Serials and indexes belong to one group, so the file holds the group's identity too.
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

    /// <summary>The identity of the group; empty: not known yet.</summary>
    public Guid Group { get; private set; }

    /// <summary>Serial of the last message whose line was written; 0: none.</summary>
    public long Serial { get; private set; }

    /// <summary>Index of the configuration entry whose members were announced last; 0: none.</summary>
    public long MembersIndex { get; private set; }

    /// <summary>The members that were announced last.</summary>
    public ImmutableArray<ServerId> Members { get; private set; } = [];

    /// <summary>Reads the file. A missing file is an empty record.</summary>
    /// <exception cref="StoreException">The file is damaged or cannot be read.</exception>
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
                $"{disk.PathOf(Name)} is damaged ({e.Message.TrimEnd('.')}). The file records which lines this server has printed, "
                + "and no messages. Move it away and start the server again: no message is lost, but lines of 'print' and 'count' are "
                + "printed again.",
                e);
        }
        catch (IOException e) when (e is not StoreException)
        {
            throw new StoreException(e.Message, e);
        }
    }

    /// <summary>Records the server's group. The record of another group, whose log is gone, is discarded.</summary>
    /// <returns>Whether a record of another group was discarded.</returns>
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

    /// <summary>Records that the line of this message is about to be written.</summary>
    public void NoteSerial(long serial)
    {
        Write(Group, serial, MembersIndex, Members);
        Serial = serial;
    }

    /// <summary>Records that these members are about to be announced.</summary>
    /// <param name="index">Index of their configuration entry.</param>
    public void NoteMembers(long index, ImmutableArray<ServerId> members)
    {
        Write(Group, Serial, index, members);
        (MembersIndex, Members) = (index, members);
    }

    /// <summary>
    /// Records the new identity of a recovered group. The recovery rewrites all configurations in the log, from index 1, to the same
    /// members. So the recorded index goes back to 1, and those members are announced.
    /// </summary>
    /// <exception cref="StoreException">The file is damaged or cannot be read.</exception>
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
            throw new InvalidDataException("its checksum or its format is wrong");
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
