using System.Runtime.InteropServices;

using RaftActors.Cli.Terminal;

namespace RaftActors.Cli.Server;

/// <summary>
/// Handles SIGINT, SIGTERM and SIGHUP: the first signal completes a task, the second ends the program at once. On Windows these are Ctrl-C,
/// a shutdown and a closed console.
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

    /// <summary>Completes with the first signal.</summary>
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

        // Windows ends the process when the handler of a shutdown or of a closed console returns. So it waits for the server's own end.
        if (OperatingSystem.IsWindows() && context.Signal != PosixSignal.SIGINT)
        {
            Never.Wait();
        }
    }
}
