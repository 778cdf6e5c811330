namespace RaftActors.Cli.Tests;

/// <summary><c>raft log verify</c>, and the errors of all <c>raft log</c> commands.</summary>
public sealed class VerifyTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Whole_log_is_reported_as_whole()
    {
        _folder.WritePairs(StoreFolder.OwnerOf(1), 3);

        var run = Run.Here("log", "verify", "--data", _folder.Path);

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Contains(run.Lines, line => line.Contains("raft1@a") && line.Contains("1..3") && line.EndsWith("whole"));
        Assert.Equal("Whole.", run.Lines.Last());
    }

    [Fact]
    public void Torn_end_is_reported_and_is_no_damage()
    {
        _folder.WritePairs(StoreFolder.OwnerOf(1), 3);
        var end = Run.Here("log", "dump", "--data", _folder.Path, "--json").Objects
            .Single(item => item.GetProperty("kind").GetString() == "end");
        using (var file = File.OpenWrite(Path.Combine(_folder.Path, "log/0000000001.wal")))
        {
            file.Position = end.GetProperty("offset").GetInt64();
            file.Write("half of something"u8);
        }

        var run = Run.Here("log", "verify", "--data", _folder.Path);

        Assert.Equal(0, run.Code);
        Assert.Contains("torn end of 24 bytes", run.Output);
    }

    [Fact]
    public void Damage_is_attributed_to_its_store()
    {
        _folder.WritePairs(StoreFolder.OwnerOf(1), 3);
        _folder.WritePairs(StoreFolder.OwnerOf(2), 5);
        _folder.Damage("value2");

        var run = Run.Here("log", "verify", "--data", _folder.Path, "--json");

        Assert.Equal(1, run.Code);
        var damage = run.Objects.Single(item => item.GetProperty("kind").GetString() == "damage");
        Assert.Equal(("raft1@a", 2), (damage.GetProperty("process").GetString(), damage.GetProperty("index").GetInt32()));
        Assert.EndsWith("; 1 entries come after it", damage.GetProperty("what").GetString());
        Assert.Equal("whole", StateOf(run, "raft2@b"));
        Assert.Equal("damaged", StateOf(run, "raft1@a"));
    }

    [Fact]
    public void Damaged_block_of_a_snapshot_is_found()
    {
        var snapshot = _folder.WriteSnapshot(StoreFolder.OwnerOf(1));
        Assert.Equal(0, Run.Here("log", "verify", "--data", _folder.Path).Code);
        _folder.Damage("", offset: 150_000, snapshot);

        var run = Run.Here("log", "verify", "--data", _folder.Path);

        Assert.Equal(1, run.Code);
        Assert.Contains("Damaged, raft1@a of group ledger", run.Output);
    }

    [Theory]
    [InlineData("verify")]
    [InlineData("dump")]
    [InlineData("repair")]
    public void Directory_in_use_is_refused_with_the_process_that_uses_it(string verb)
    {
        using var directory = StoreDirectory.Open(new StoreOptions { Directory = _folder.Path, SegmentSizeBytes = 1 << 20 });

        var run = Run.Here("log", verb, "--data", _folder.Path);

        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.Contains($"in use by process {Environment.ProcessId}", run.Error);
    }

    [Fact]
    public void Missing_or_foreign_directory_is_refused()
    {
        AssertRefused("is not a directory", Path.Combine(_folder.Path, "none"));
        AssertRefused("has no log of raft processes", _folder.Path);
    }

    [Fact]
    public void Newer_format_is_refused()
    {
        _folder.WritePairs(StoreFolder.OwnerOf(1), 1);
        var file = Path.Combine(_folder.Path, "log/0000000001.wal");
        var bytes = File.ReadAllBytes(file);
        bytes[8] = 3;
        var crc = Checksum.Of([.. bytes[..12], .. bytes[16..64]]);
        BitConverter.TryWriteBytes(bytes.AsSpan(12), crc);
        File.WriteAllBytes(file, bytes);

        AssertRefused("has format level 3", _folder.Path);
    }

    [Theory]
    [InlineData("log", "verify")]
    [InlineData("log", "dump", "--data", "x", "--limit", "-1")]
    [InlineData("log", "dump", "--data", "x", "--process", "nameless")]
    [InlineData("recover", "--data", "x", "--group", "g")]
    [InlineData("nothing")]
    public void Wrong_arguments_are_a_usage_error(params string[] arguments)
    {
        var run = Run.Here(arguments);

        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.StartsWith("raft: ", run.Error);
        Assert.DoesNotContain("   at ", run.Error);
    }

    private static void AssertRefused(string reason, string path)
    {
        foreach (var verb in (string[])["verify", "dump", "repair"])
        {
            var run = Run.Here("log", verb, "--data", path);

            Assert.Equal(1, run.Code);
            Assert.Contains(reason, run.Error);
            Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }
    }

    private static string? StateOf(Run run, string process) => run.Objects
        .Single(item => item.GetProperty("kind").GetString() == "store" && item.GetProperty("process").GetString() == process)
        .GetProperty("state").GetString();
}
