using RaftActors.Storage.Log;

namespace RaftActors.Cli.Tests;

/// <summary><c>raft log dump</c>, as text and as JSON.</summary>
[Trait("Needs", "Linux")]
public sealed class DumpTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Dump_shows_every_pair_and_the_end_of_the_log()
    {
        _folder.WritePairs(StoreFolder.OwnerOf(1), 3);

        var run = Run.Here("log", "dump", "--data", _folder.Path);

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Contains(run.Lines, line => line.Contains("pair") && line.Contains("\"key2\" = 6 bytes: value2"));
        Assert.Contains(run.Lines, line => line.Contains(" end ") && line.Contains("sealed"));
    }

    [Fact]
    public void Dump_fails_when_standard_output_cannot_be_written()
    {
        _folder.WritePairs(StoreFolder.OwnerOf(1), 3);

        var full = Run.Shell($"dotnet {Run.ProgramFile} log dump --data {_folder.Path} >/dev/full");

        Assert.Equal((1, "raft: cannot write to standard output: No space left on device\n"), (full.Code, full.Error));
    }

    [Fact]
    public void JSON_has_one_object_per_line_and_respects_the_filters()
    {
        _folder.WritePairs(StoreFolder.OwnerOf(1), 5);
        _folder.WritePairs(StoreFolder.OwnerOf(2), 5);

        string[] filters = ["--process", "raft2@b", "--group", "ledger", "--from", "3", "--limit", "2"];
        var run = Run.Here(["log", "dump", "--data", _folder.Path, "--json", .. filters]);

        Assert.Equal(["key3", "key4"], run.Objects.Select(item => item.GetProperty("key").GetString()));
        Assert.All(run.Objects, item => Assert.Equal("raft2@b", item.GetProperty("process").GetString()));
        Assert.All(run.Objects, item => Assert.Equal("whole", item.GetProperty("state").GetString()));
    }

    [Fact]
    public void Dump_shows_damage_and_the_entries_after_it()
    {
        _folder.WritePairs(StoreFolder.OwnerOf(1), 3);
        _folder.Damage("value2");

        var run = Run.Here("log", "dump", "--data", _folder.Path);

        Assert.Equal(0, run.Code);
        Assert.Single(run.Lines, line => line.Contains("damaged") && line.Contains("checksum"));
        Assert.Contains(run.Lines, line => line.Contains("\"key3\""));
    }

    // Their checksums are right, and a start refuses both.
    [Fact]
    public void Record_that_cannot_be_read_is_damaged()
    {
        var (header, builder) = (new SegmentHeader(1, Guid.Empty, 0, 0), new BatchBuilder(4096));
        builder.Begin(header.Seed, SegmentHeader.Size);
        builder.AddOwner(1, StoreFolder.OwnerOf(1), default);
        builder.AddBase(1, (RecordType)99, default);
        builder.AddBase(1, RecordType.Owner, default);
        byte[] bytes = [.. new byte[SegmentHeader.Size], .. builder.End(0, 0)];
        (header with { Born = bytes.Length }).Write(bytes);
        Directory.CreateDirectory(Path.Combine(_folder.Path, "log"));
        File.WriteAllBytes(Path.Combine(_folder.Path, "log", SegmentHeader.NameOf(1)), bytes);

        var states = Run.Here("log", "dump", "--data", _folder.Path, "--json").Objects
            .Select(item => $"{item.GetProperty("kind")} {item.GetProperty("state")}");

        Assert.Equal(["segment whole", "batch whole", "owner whole", "type-99 damaged", "owner damaged", "end whole"], states);
    }

    [Fact]
    public void Dump_escapes_control_characters()
    {
        _folder.WritePairs(new Storage.StoreOwner("g", StoreFolder.Names[0]), 1);
        _folder.WritePairs(new Storage.StoreOwner("g\u001b[2J", StoreFolder.Names[1]), 1);

        Assert.DoesNotContain('\u001b', Run.Here("log", "dump", "--data", _folder.Path).Output);
    }

    [Fact]
    public void Dump_ends_without_an_error_when_the_reader_closes_the_pipe()
    {
        _folder.WritePairs(StoreFolder.OwnerOf(1), 5000);

        var run = Run.Shell($"set -o pipefail; dotnet {Run.ProgramFile} log dump --data {_folder.Path} | head -n 1");

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Single(run.Lines);
    }

    [Fact]
    public void Dump_changes_nothing()
    {
        _folder.WritePairs(StoreFolder.OwnerOf(1), 3);
        var before = Contents();

        Run.Here("log", "dump", "--data", _folder.Path);
        Run.Here("log", "verify", "--data", _folder.Path);

        Assert.Equal(before, Contents());
    }

    private List<string> Contents() =>
    [
        .. Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories).Order()
            .Select(file => $"{file} {File.GetLastWriteTimeUtc(file):O} {Convert.ToHexString(File.ReadAllBytes(file))}"),
    ];
}
