using System.Diagnostics;

namespace CoordinationTrials.Tests;

public sealed class OneThreadTests
{
    [Theory]
    [InlineData("simulate")]
    [InlineData("starts")]
    public void Simulation_refuses_a_pool_of_more_threads(string command)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardError = true };
        string[] arguments = [TrialProgram.Path, CoordinationProgram.Name, command, "--seeds", "1..1"];
        Array.ForEach(arguments, start.ArgumentList.Add);
        start.Environment["DOTNET_ThreadPool_ForceMinWorkerThreads"] = "0x10";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();

        Assert.Equal(2, process.ExitCode);
        Assert.Contains("Unset DOTNET_ThreadPool_ForceMinWorkerThreads.", error, StringComparison.Ordinal);
    }
}
