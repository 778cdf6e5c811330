using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

using RaftActors.Core;
using RaftActors.Storage.Disk;
using RaftActors.Storage.Log;
using RaftActors.Storage.Snapshots;
using RaftActors.Storage.Tools;

namespace RaftActors.Storage.Backups;

/// <summary>
/// A whole backup, unpacked: a zip with the directory of a fenced store, and a manifest. All members block for the disk. Not thread-safe.
/// </summary>
internal sealed class BackupFile : IDisposable
{
    private const string ManifestName = "manifest.json";
    private const int ManifestSizeMax = 64 << 20;
    private const int PieceSize = 1 << 16;

    private static readonly string Snapshots = SnapshotName.FolderOf(1);
    private static readonly string[] Folders = [LogReader.Folder, Snapshots];

    private readonly BackupFolder _folder;
    private readonly OfflineDirectory _store;

    /// <summary>
    /// Unpacks the file beside it, into a folder that Dispose deletes. Checks all of it, as 'raft log verify' checks a store, and against
    /// the manifest.
    /// </summary>
    /// <exception cref="StoreException">The file cannot be read, is no backup, or is damaged.</exception>
    public BackupFile(string path, CancellationToken cancellationToken = default)
    {
        Path = System.IO.Path.GetFullPath(path);
        _folder = new BackupFolder(Path);
        try
        {
            Length = new FileInfo(Path).Length;
            _folder.Create();
            var manifest = Unpack(cancellationToken);
            _store = OfflineDirectory.ToRead(_folder.Path, isLocked: true);
            Read(manifest, cancellationToken);
        }
        catch (Exception e)
        {
            Dispose();
            throw e switch
            {
                InvalidDataException or JsonException =>
                    new StoreException($"{Path} is no backup, or is damaged: {e.Message.TrimEnd('.')}. Use a file of 'raft backup'.", e),
                IOException and not StoreException or UnauthorizedAccessException =>
                    new StoreException($"Cannot read the backup {Path}. {e.Message} Check its path and rights, and that its folder can be "
                        + "written.", e),
                _ => e,
            };
        }
    }

    public string Path { get; }

    public long Length { get; }

    /// <summary>The process that the content came from, and the name of its group.</summary>
    public StoreOwner Owner { get; private set; }

    public GroupUid Uid { get; private set; }

    /// <summary>The start of the backup, by the clock of the program that wrote it.</summary>
    public DateTimeOffset At { get; private set; }

    public bool IsIncremental { get; private set; }

    /// <summary>The end of the snapshot, or of the backup that this one continues, or zero if the backup has all entries.</summary>
    public LogPosition Start { get; private set; }

    public LogPosition End { get; private set; }

    /// <summary>The latest configuration, or null if an incremental backup has none.</summary>
    public Configuration? Configuration { get; private set; }

    /// <summary>Writes a zip, and syncs it.</summary>
    /// <param name="disk">A directory with one store, which is closed.</param>
    /// <param name="name">The zip, a new file in the directory.</param>
    public static void Pack(FileDisk disk, string name, DateTimeOffset at, bool isIncremental)
    {
        BackupManifest manifest = new(BackupManifest.OwnFormat, at, isIncremental, []);
        using (FileStream content = new(PrivateFile.Open(disk.PathOf(name), FileMode.CreateNew, FileShare.None), FileAccess.Write))
        using (ZipArchive zip = new(content, ZipArchiveMode.Create))
        {
            foreach (var file in Folders.SelectMany(folder => disk.List(folder).Select(file => $"{folder}/{file}")))
            {
                var path = disk.PathOf(file);
                using var bytes = File.OpenRead(path);
                manifest.Files.Add(file, new BackupManifest.Written(bytes.Length, TextOf(SHA256.HashData(bytes))));
                zip.CreateEntryFromFile(path, file, CompressionLevel.Fastest);
            }

            var text = JsonSerializer.SerializeToUtf8Bytes(manifest, ManifestJson.Default.BackupManifest);
            zip.Comment = TextOf(SHA256.HashData(text));
            using var entry = zip.CreateEntry(ManifestName, CompressionLevel.NoCompression).Open();
            entry.Write(text);
        }

        using var whole = disk.Open(name);
        whole.Sync();
    }

    /// <summary>Opens the file of the snapshot, or returns null without one.</summary>
    public SnapshotFile? OpenSnapshot() => _store.SnapshotFolders.Any() && _store.Disk.List(Snapshots) is [.., var name]
        ? SnapshotFile.Open(_store.Disk, $"{Snapshots}/{name}")
        : null;

    /// <summary>The entries after <see cref="Start"/>, segment by segment.</summary>
    public IEnumerable<LogSlice> Pages()
    {
        foreach (var (segment, end, _) in _store.Segments())
        {
            List<LogEntry> entries = [];
            var scan = new LogScan(segment.Header!.Value, segment.UpTo(end)); // Justification: it was checked.
            while (scan.MoveNext())
            {
                if (scan is { Kind: ScanKind.Record, Record: { Type: RecordType.Entry } record } && record.Index > Start.Index.Value)
                {
                    entries.Add(RecordFormat.ReadEntry(record, scan.Body));
                }
            }

            yield return [.. entries];
        }
    }

    public void Dispose() => _folder.Dispose();

    // The manifest is read first. Only the files that it names are unpacked, and of each no more bytes than it says.
    private BackupManifest Unpack(CancellationToken cancellationToken)
    {
        using var zip = ZipFile.OpenRead(Path);
        var manifest = ManifestOf(zip);
        Check(zip.Entries.Count == manifest.Files.Count + 1, "it has other files than were written");
        var (size, free) = (manifest.Files.Values.Sum(file => (decimal)file.Size), new FileDisk(_folder.Path).FreeBytes());
        if (size > free)
        {
            throw new StoreException(
                $"{Path} has {size} bytes when it is unpacked, and its folder has room for {free}. Make room, or move the backup.");
        }

        foreach (var folder in Folders)
        {
            PrivateFile.CreateFolder(System.IO.Path.Combine(_folder.Path, folder));
        }

        foreach (var (name, file) in manifest.Files)
        {
            Check(
                Array.Exists(Folders, folder => name == $"{folder}/{System.IO.Path.GetFileName(name)}")
                    && zip.GetEntry(name) is { } entry && IsUnpacked(entry, file, cancellationToken),
                $"{name} is not what was written");
        }

        return manifest;
    }

    private static BackupManifest ManifestOf(ZipArchive zip)
    {
        var entry = zip.GetEntry(ManifestName);
        Check(entry?.Length <= ManifestSizeMax, "it has no manifest");
        var text = new byte[entry!.Length]; // Justification: it was checked.
        using (var content = entry.Open())
        {
            content.ReadAtLeast(text, text.Length, throwOnEndOfStream: false);
        }

        Check(TextOf(SHA256.HashData(text)) == zip.Comment, "its manifest is not what was written");
        var manifest = JsonSerializer.Deserialize(text, ManifestJson.Default.BackupManifest);
        Check(
            manifest?.Format == BackupManifest.OwnFormat,
            $"it has format {manifest?.Format}, and this program reads format {BackupManifest.OwnFormat}");
        return manifest!; // Justification: it was checked.
    }

    private bool IsUnpacked(ZipArchiveEntry entry, BackupManifest.Written file, CancellationToken cancellationToken)
    {
        var path = System.IO.Path.Combine(_folder.Path, entry.FullName);
        using FileStream to = new(PrivateFile.Open(path, FileMode.CreateNew, FileShare.None), FileAccess.Write);
        using var from = entry.Open();
        using var checksum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (piece, left) = (new byte[PieceSize], file.Size);
        for (int read; (read = from.Read(piece)) > 0 && (left -= read) >= 0;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            to.Write(piece, 0, read);
            checksum.AppendData(piece, 0, read);
        }

        return left == 0 && TextOf(checksum.GetHashAndReset()) == file.Sha256;
    }

    private void Read(BackupManifest manifest, CancellationToken cancellationToken)
    {
        var report = LogVerify.Check(_store, onStep: null, cancellationToken, manifest.IsIncremental);
        Check(report.IsWhole, $"{report.Damages.FirstOrDefault()?.Place.What}");
        Check(report.Stores.Length == 1, $"it has {report.Stores.Length} stores, and a backup has one");
        var store = report.Stores[0];
        using var snapshot = OpenSnapshot();
        (At, IsIncremental, Owner, Uid) = (manifest.At, manifest.IsIncremental, store.Owner, store.HardState.Group);
        (Start, End, Configuration) = (store.Base, store.Base, snapshot?.Snapshot.Configuration);
        foreach (var entries in Pages())
        {
            End = End.After(entries);
            Configuration = entries.LastOrDefault(entry => entry.Configuration is not null).Configuration ?? Configuration;
        }

        Check(new LogEnd(End.Index, End.Term, End.Serial) == store.Last, $"its log ends at {store.Last}, and its entries at {End}");
    }

    private static string TextOf(byte[] checksum) => Convert.ToHexStringLower(checksum);

    private static void Check(bool holds, string problem)
    {
        if (!holds)
        {
            throw new InvalidDataException(problem);
        }
    }
}

/// <summary>The description of a backup, beside the files of its store. The comment of the zip has its checksum.</summary>
/// <param name="At">The start of the backup, by the clock of the program that wrote it.</param>
internal sealed record BackupManifest(
    int Format, DateTimeOffset At, bool IsIncremental, SortedDictionary<string, BackupManifest.Written> Files)
{
    public const int OwnFormat = 1;

    internal sealed record Written(long Size, string Sha256);
}

// A field that is missing or null is refused.
[JsonSourceGenerationOptions(RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(BackupManifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;
