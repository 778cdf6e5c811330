using System.Runtime.InteropServices;

namespace RaftActors.Cli.Server;

/// <summary>
/// Handles SIGINT, SIGTERM and SIGHUP, which on Windows are Ctrl-C, a shutdown and a closed console. The first signal completes a task,
/// and the second one ends the program at once.
/// </summary>
internal sealed class StopSignal : IDisposable
{
    private static readonly ManualResetEventSlim Never = new();

    private readonly TaskCompletionSource _received = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration[] _registrations;

    public StopSignal()
    {
        PosixSignal[] signals = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP];
        _registrations = [.. signals.Select(signal => PosixSignalRegistration.Create(signal, OnSignal))];
    }

    public Task Received => _received.Task;

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (!_received.TrySetResult())
        {
            Environment.Exit(ExitCode.Interrupted);
        }

        // Windows ends the process when this handler of a shutdown or of a closed console returns, so it waits until the server has ended.
        if (OperatingSystem.IsWindows() && context.Signal != PosixSignal.SIGINT)
        {
            Never.Wait();
        }
    }
}
