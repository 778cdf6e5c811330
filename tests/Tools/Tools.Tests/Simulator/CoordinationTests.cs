using System.Diagnostics;

namespace RaftActors.Simulator.Tests;

/// <summary>
/// A few seeds of the coordination. They run in a process of their own, because their order needs a thread pool of one thread.
/// </summary>
public sealed class CoordinationTests
{
    [Fact]
    public void Coordination_stays_safe_under_faults_and_converges_after_them() =>
        AssertHolds("--seeds", $"1..{Share.Of(test: 3, ci: 10, whole: 10)}");

    [Fact]
    public void A_seed_of_the_coordination_gives_the_same_run_twice() =>
        AssertHolds("--seeds", $"11..{Share.Of(test: 11, ci: 13, whole: 13)}", "--twice");

    private static void AssertHolds(params string[] options)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        string[] arguments = [Path.Combine(AppContext.BaseDirectory, "RaftActors.Simulator.dll"), "--coordination", .. options];
        Array.ForEach(arguments, start.ArgumentList.Add);

        // .ci/run sets it for the servers of the trials. Here it would overrule the one thread.
        start.Environment.Remove("DOTNET_ThreadPool_ForceMinWorkerThreads");
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();

        Assert.True(process.ExitCode == 0, output);
        Assert.Contains("nothing was violated", output);
    }
}
