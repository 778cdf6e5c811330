namespace FourNodes.Tests;

/// <summary>Compares the output of the whole demo with seed.txt.</summary>
[Collection(nameof(DemoPorts))]
[Trait("Needs", "Linux")]
public sealed class ScenarioTests(ScenarioTests.OneRun run) : IClassFixture<ScenarioTests.OneRun>
{
    private const string Raft1 = "<1B30E9C5.0.1008>";
    private const string Raft2 = "<08151198.0.1008>";
    private const string Raft3 = "<9FF54552.0.1008>";
    private const string Raft4 = "<2E5EE122.0.1008>";

    // A guard: the test stops the run when it has printed the whole scenario.
    private const int Seconds = 60;

    private static readonly Transcript Seed = Transcript.Seed(Seconds);

    private readonly Transcript _transcript = run.Transcript;

    [Fact]
    public void Demo_starts_with_the_lines_of_the_seed()
    {
        var opening = Seed.Lines.TakeWhile(line => !line.StartsWith('<')).ToArray();

        Assert.Equal(["", .. opening], _transcript.Lines.Take(opening.Length + 1));
    }

    [Theory]
    [InlineData(Raft1)]
    [InlineData(Raft2)]
    [InlineData(Raft3)]
    [InlineData(Raft4)]
    public void Each_process_prints_its_lines_of_the_seed_in_their_order(string process) =>
        Assert.Equal(Seed.ByProcess[process], _transcript.ByProcess[process]);

    [Fact]
    public void Only_the_seed_and_a_last_line_Stopped_are_printed()
    {
        string[] expected = ["", .. Seed.Lines, "Stopped."];

        Assert.Equal(expected.Order(StringComparer.Ordinal), _transcript.Lines.Order(StringComparer.Ordinal));
        Assert.Equal("Stopped.", _transcript.Lines[^1]);
    }

    [Fact]
    public void Lines_of_one_callback_stay_together()
    {
        var lines = _transcript.Lines;

        var quorum = _transcript.At($"{Raft4} Quorum built - State: 3 Quorum member: false");
        Assert.Equal(quorum + 1, _transcript.At("I won't receive any information about elected leader"));
        var missing = _transcript.At($"{Raft1} Missing serials: 2 .. 4");
        Assert.All([2, 3, 4], serial => Assert.Contains($"missing serial to the cluster: {serial} ", lines[missing + serial - 1]));
        var first = Array.FindIndex(lines, line => line.StartsWith($"{Raft4} Missing serial: 1 "));
        Assert.All([2, 3, 4], serial => Assert.Contains($"{Raft4} Missing serial: {serial} ", lines[first + serial - 1]));
    }

    [Fact]
    public void Causes_are_printed_before_their_effects()
    {
        void Before(int cause, int effect) =>
            Assert.True(cause < effect, $"lines {cause} and {effect} are in the wrong order in\n{_transcript}");

        var missing = _transcript.At($"{Raft1} Missing serials: 2 .. 4");
        var append = _transcript.At($"{Raft4} Received append request with serial 5, key \"key100\" and value \"value100\"");
        foreach (var serial in (int[])[2, 3, 4])
        {
            Before(missing, _transcript.At($"{Raft2} Received request for serial {serial}"));
            Before(_transcript.At($"{Raft2} Received request for serial {serial}"), _transcript.At(Received(Raft1, serial)));
            Before(append, _transcript.At($"{Raft2} Received request for serial {serial}", occurrence: 2));
            Before(_transcript.At($"{Raft2} Received request for serial {serial}", occurrence: 2), _transcript.At(Received(Raft4, serial)));
        }

        Before(append, _transcript.At($"{Raft1} Received request for serial 1"));
        Before(_transcript.At($"{Raft1} Received request for serial 1"), _transcript.At(Received(Raft4, 1)));
        Before(_transcript.At($"{Raft4} Quorum built - State: 3 Quorum member: false"), append);
    }

    [Fact]
    public void Demo_ends_with_exit_code_0_and_no_output_on_standard_error()
    {
        Assert.Equal(0, run.ExitCode);
        Assert.Equal("", run.Errors);
    }

    private static string Received(string process, int serial) =>
        $"{process} Received requested serial {serial} with key key{serial} and value value{serial}";

    /// <summary>One run for all tests of the class, which read the same transcript.</summary>
    public sealed class OneRun : IAsyncLifetime
    {
        internal Transcript Transcript { get; private set; } = null!;

        internal int ExitCode { get; private set; }

        internal string Errors { get; private set; } = "";

        public async Task InitializeAsync()
        {
            using var demo = DemoProcess.Start("--seconds", Seconds.ToString());
            var scenario = Seed.Lines.Where(line => line.StartsWith('<') && !line.Contains("Ref#"));
            foreach (var line in scenario.CountBy(line => line))
            {
                await demo.Line(line.Key, occurrence: line.Value);
            }

            demo.Send(Signal.Terminate);
            ExitCode = await demo.Exit();
            Errors = demo.Errors;
            Transcript = new Transcript(demo.Lines);
        }

        public Task DisposeAsync() => Task.CompletedTask;
    }
}
