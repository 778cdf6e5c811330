using System.Diagnostics;
using System.Text;

using RaftActors.Fuzz.Inputs;
using RaftActors.Fuzz.Running;
using RaftActors.Fuzz.Targets;

namespace RaftActors.Fuzz.Tests;

/// <summary>The fuzzer finds what it says it looks for.</summary>
[Collection(Campaigns.Name)]
public sealed class FuzzerTests
{
    [Fact]
    public void An_exception_of_another_kind_is_found_and_its_input_shortened()
    {
        var target = new FakeTarget(input => input.AsSpan().IndexOf((byte)'!') is var at and >= 0
            ? throw new InvalidOperationException($"at {at}")
            : "read");

        var found = Assert.Single(new Campaign(target, seed: 1, []).Run(5000, _ => { }).Found);

        Assert.Contains("InvalidOperationException", found.Fault, StringComparison.Ordinal);
        Assert.Equal("!", Encoding.UTF8.GetString(Shrinker.Shrink(target, found)));
    }

    [Fact]
    public void A_message_that_changes_when_it_is_written_again_is_found()
    {
        var target = new FakeTarget(_ => "read") { Again = "written" };

        Assert.Contains("changes", OneInput.Check(target, [1]).Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void An_input_that_allocates_more_than_a_multiple_of_its_size_is_found()
    {
        var target = new FakeTarget(input => new byte[1 << 20]);

        Assert.Contains("allocate", OneInput.Check(target, [1]).Fault, StringComparison.Ordinal);
        Assert.Null(OneInput.Check(target, new byte[8192]).Fault);
    }

    [Fact]
    public void Memory_that_a_reader_keeps_is_found()
    {
        var kept = new List<byte[]>();
        var target = new FakeTarget(input =>
        {
            kept.Add(new byte[48 * 1024]);
            return "read";
        });

        var found = Assert.Single(new Campaign(target, seed: 1, []).Run(2000, _ => { }).Found);

        Assert.Contains("leave", found.Fault, StringComparison.Ordinal);
        Assert.NotEmpty(kept);
    }

    [Fact]
    public void Processor_time_beyond_the_bound_is_found()
    {
        var target = new FakeTarget(_ =>
        {
            for (var start = ThreadClock.Now; ThreadClock.Now - start < TimeSpan.FromMilliseconds(250);)
            {
            }

            return "read";
        });

        Assert.Contains("processor time", OneInput.Check(target, [1]).Fault, StringComparison.Ordinal);
    }

    // In a process of its own, because a method that is compiled again allocates another number of bytes. The program compiles each once.
    [Fact]
    public void A_seed_gives_the_same_run_twice()
    {
        string[] options = ["--target", "messages", "message-log", "--seed", "3", "--inputs", "300", "--twice"];
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        Array.ForEach([Path.Combine(AppContext.BaseDirectory, "RaftActors.Fuzz.dll"), .. options], start.ArgumentList.Add);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();

        Assert.True(process.ExitCode == 0, output);
        Assert.Equal("messages: the same run twice\nmessage-log: the same run twice\n", output.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Another_seed_gives_another_run() => Assert.NotEqual(FingerprintOf("messages", seed: 3), FingerprintOf("messages", seed: 4));

    [Theory]
    [InlineData("text a b\nline c\n# no\nhex 00ff\ntimes 3 text xy", "a bc\n\0\u00ffxyxyxy")]
    [InlineData("times 2 times 2 hex 41", "AAAA")]
    public void A_file_of_the_corpus_is_read(string text, string bytes) =>
        Assert.Equal(bytes, Encoding.Latin1.GetString(InputText.Parse(text)));

    [Fact]
    public void An_input_is_the_same_after_it_was_written_for_the_corpus()
    {
        byte[] input = [1, 2, .. new byte[4000], .. Enumerable.Range(0, 256).Select(each => (byte)each), .. new byte[40]];

        Assert.Equal(input, InputText.Parse(InputText.Of(input)));
    }

    [Fact]
    public void The_last_input_outlives_the_reader()
    {
        var path = Path.Combine(Path.GetTempPath(), $"raftactors-fuzz-{Guid.NewGuid()}");
        using var last = new LastInput(path);
        last.Note([1, 2, 3]);
        last.Note([4, 5]);

        Assert.Equal([4, 5], LastInput.Load(path));
    }

    private static int FingerprintOf(string name, int seed)
    {
        var campaign = new Campaign(TargetList.Find(name)!, seed, []);
        campaign.Run(50, _ => { });
        return campaign.Fingerprint;
    }

    private sealed class FakeTarget(Func<byte[], object> read) : Target
    {
        public object? Again { get; init; }

        public override string Name => "fake";

        public override string Reads => "nothing";

        public override IEnumerable<byte[]> Seeds() => [Encoding.UTF8.GetBytes("a seed")];

        public override object Read(byte[] input) => read(input);

        public override void Check(object read)
        {
            if (Again is not null)
            {
                DemandEqual(read, Again, "The message changes");
            }
        }

        public override bool IsRefusal(Exception e) => false;
    }
}
