using System.Runtime.InteropServices;

namespace RaftActors.Cli.Terminal;

/// <summary>
/// Handles SIGINT, SIGTERM and SIGHUP, which on Windows are Ctrl-C, a shutdown and a closed console. The first signal cancels a token, and
/// the second one ends the program at once.
/// </summary>
internal sealed class StopSignal : IDisposable
{
    private static readonly ManualResetEventSlim Never = new();

    private readonly TaskCompletionSource _received = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;

    public StopSignal()
    {
        PosixSignal[] signals = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP];
        _registrations = [.. signals.Select(signal => PosixSignalRegistration.Create(signal, OnSignal))];
    }

    public CancellationToken Token => _source.Token;

    /// <summary>Completes with the first signal.</summary>
    public Task Received => _received.Task;

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _source.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (!_received.TrySetResult())
        {
            Environment.Exit(ExitCode.Interrupted);
        }

        _source.Cancel();

        // Windows ends the process when this handler of a shutdown or of a closed console returns, so it waits until the command has ended.
        if (OperatingSystem.IsWindows() && context.Signal != PosixSignal.SIGINT)
        {
            Never.Wait();
        }
    }
}
