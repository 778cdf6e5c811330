using Akka.Actor;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace RaftActors.Hosting;

/// <summary>Starts the raft actors with the host, and stops the actor system with it if the host owns the actor system.</summary>
internal sealed class RaftHostedService(
    RaftHost host, HostPlan plan, HostPaths paths, IOptions<RaftHostOptions> options, IServiceProvider services) : IHostedService
{
    // The actor system that the host owns; null before the start, and if another component owns it.
    private ActorSystem? _own;
    private volatile bool _isStopping;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        DemandOptions();
        var system = plan.ExistingSystem?.Invoke(services) ?? (_own = Create());
        try
        {
            host.Start(system);
            await host.Started.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await StopAsync(CancellationToken.None).ConfigureAwait(false);
            throw;
        }

        LogMessages.HostStarted(HostLog.Of(services), host.PlannedCount, system.Name);
        _ = _own?.WhenTerminated.ContinueWith(
            _ => OnTerminated(system), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    // Runs the phases in which a leader transfers its leadership.
    public Task StopAsync(CancellationToken cancellationToken)
    {
        _isStopping = true;
        return _own is null
            ? Task.CompletedTask
            : CoordinatedShutdown.Get(_own).Run(CoordinatedShutdown.ClrExitReason.Instance).WaitAsync(cancellationToken);
    }

    // ValidateOnStart would show the user a stack trace with the sentences.
    private void DemandOptions()
    {
        try
        {
            _ = options.Value;
        }
        catch (OptionsValidationException cause)
        {
            throw new RaftStartException(string.Join(' ', cause.Failures), null);
        }
    }

    private ActorSystem Create()
    {
        var (name, config) = (options.Value.SystemName, HostConfig.Of(options.Value, paths));
        try
        {
            return ActorSystem.Create(name, config.WithFallback(Raft.DefaultConfig()));
        }
        catch (Exception cause)
        {
            throw new RaftStartException($"Cannot start the actor system '{name}' of node '{options.Value.Node}'. {cause.Message}", cause);
        }
    }

    private void OnTerminated(ActorSystem system)
    {
        if (!_isStopping)
        {
            LogMessages.SystemTerminated(HostLog.Of(services), system.Name);
            services.GetService<IHostApplicationLifetime>()?.StopApplication();
        }
    }
}
