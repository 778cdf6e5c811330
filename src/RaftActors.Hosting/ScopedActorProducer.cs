using System.Collections.Concurrent;

using Akka.Actor;
using Akka.Event;

using Microsoft.Extensions.DependencyInjection;

namespace RaftActors.Hosting;

/// <summary>
/// Makes the instances of an actor, each with the services of its own scope, and disposes the scope with the instance. The producer of
/// Akka.DependencyInjection fills constructors from the root, and a restart by the supervisor would use the same scope again.
/// </summary>
/// <param name="onFailed">
/// Called with each exception of the constructor or of its services. Returns true if it fails the start of the host, which prints it. The
/// log of a supervisor would print it once more, with all of Akka's frames.
/// </param>
/// <param name="arguments">Arguments of the constructor, besides those that services fill.</param>
internal sealed class ScopedActorProducer<TActor>(
    IServiceProvider services, ILoggingAdapter log, Func<Exception, bool> onFailed, object[] arguments) : IIndirectActorProducer
    where TActor : ActorBase
{
    private readonly ConcurrentDictionary<ActorBase, AsyncServiceScope> _scopes = new(ReferenceEqualityComparer.Instance);

    public Type ActorType => typeof(TActor);

    public ActorBase Produce()
    {
        var scope = services.GetRequiredService<IServiceScopeFactory>().CreateAsyncScope();
        try
        {
            var actor = ActivatorUtilities.CreateInstance<TActor>(scope.ServiceProvider, arguments);
            _scopes[actor] = scope;
            return actor;
        }
        catch (Exception cause)
        {
            _ = DisposeAsync(scope);
            if (onFailed(cause))
            {
                return new FailedStart();
            }

            throw;
        }
    }

    public void Release(ActorBase actor)
    {
        if (_scopes.TryRemove(actor, out var scope))
        {
            _ = DisposeAsync(scope);
        }
    }

    // Does not block the actor's thread. A failure cannot reach a caller, so it is logged.
    private async Task DisposeAsync(AsyncServiceScope scope)
    {
        try
        {
            await scope.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception cause)
        {
            log.Error(cause, "The service scope of an instance of {Actor} was not disposed cleanly.", typeof(TActor));
        }
    }

    // Stands for an instance that could not be made, and stops at once.
    private sealed class FailedStart : UntypedActor
    {
        protected override void PreStart() => Context.Stop(Self);

        protected override void OnReceive(object message)
        {
        }
    }
}
