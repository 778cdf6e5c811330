using System.Runtime.InteropServices;

namespace RaftActors.Cli.Server;

/// <summary>Ctrl-C, SIGTERM or a closed terminal, as a task: the first one asks for a clean end, the second one ends at once.</summary>
internal sealed class StopSignal : IDisposable
{
    /// <summary>What shells say of a program that Ctrl-C has ended.</summary>
    private const int Interrupted = 130;

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
            Environment.Exit(Interrupted);
        }
    }
}
