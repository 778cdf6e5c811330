using System.Globalization;

namespace RaftActors.Hosting.Tests;

/// <summary>The first program of the page for users, as processes of the operating system that form an Akka.Cluster.</summary>
public sealed class FirstProgramTests
{
    // Three processes start and elect on a machine that is busy with other tests.
    public static readonly TimeSpan Guard = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Three_processes_count_on_when_one_of_them_is_killed_and_a_healthy_start_warns_of_nothing()
    {
        using TemporaryFolder folder = new();
        var ports = FreePorts.Take(3);
        var program = FirstProgram.Compile(ports);
        ProgramProcess[] nodes = [.. ports.Select(port => new ProgramProcess(program, folder.Path, port, FreePorts.Next()))];
        try
        {
            var (done, open) = (0, 0);
            foreach (var node in nodes)
            {
                await ClickUntilDoneAsync(node);
            }

            nodes[0].Kill();
            await ClickUntilDoneAsync(nodes[1]);
            await ClickUntilDoneAsync(nodes[2]);

            var total = int.Parse(await nodes[1].Http.GetStringAsync("/clicks"), CultureInfo.InvariantCulture);
            Assert.Equal(5, done);
            Assert.InRange(total, done, done + open);
            Assert.DoesNotContain(nodes[0].Lines, IsOurWarning);

            // An answer that is not definite may belong to a click that was counted.
            async Task ClickUntilDoneAsync(ProgramProcess node)
            {
                using CancellationTokenSource guard = new(Guard);
                while (await ClickAsync(node) is var seen && !seen.StartsWith("Outcome { Serial", StringComparison.Ordinal))
                {
                    Assert.False(guard.IsCancellationRequested, $"No click was done within {Guard}. The last answer: {seen}");
                    open++;
                }

                done++;
            }
        }
        finally
        {
            Array.ForEach(nodes, node => node.Dispose());
            File.Delete(program);
        }
    }

    [Fact]
    public async Task Start_that_fails_ends_the_process_with_one_sentence()
    {
        using TemporaryFolder folder = new();
        var ports = FreePorts.Take(3);
        var program = FirstProgram.Compile(ports);

        // The program makes its directory of data below this one.
        File.WriteAllText(folder["data"], "");
        using ProgramProcess node = new(program, folder.Path, ports[1], FreePorts.Next());

        var code = await node.EndAsync();

        File.Delete(program);
        Assert.NotEqual(0, code);
        Assert.Single(node.Lines, line => line.Contains("RaftStartException: The raft actor 'counter' cannot start."));
        Assert.DoesNotContain(node.Lines, line => line.Contains("at RaftActors."));
    }

    // Akka's log writes the level in brackets.
    private static bool IsOurWarning(string line) =>
        line.Contains("[WARNING]", StringComparison.Ordinal) && line.Contains("raft", StringComparison.OrdinalIgnoreCase);

    private static async Task<string> ClickAsync(ProgramProcess node)
    {
        await UntilListeningAsync(node);
        var answer = await node.Http.PostAsync("/clicks", null);
        return await answer.Content.ReadAsStringAsync();
    }

    private static async Task UntilListeningAsync(ProgramProcess node)
    {
        using CancellationTokenSource guard = new(Guard);
        while (true)
        {
            try
            {
                await node.Http.GetAsync("/", guard.Token);
                return;
            }
            catch (HttpRequestException) when (!guard.IsCancellationRequested)
            {
                await Task.Delay(100, guard.Token);
            }
        }
    }
}
