using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;
using Akka.Dispatch;

namespace Akka.Actor;

/// <summary>The recipe for an actor: its type, its constructor arguments, dispatcher and supervision. Immutable.</summary>
public class Props
{
    private static readonly ConcurrentDictionary<ConstructorInfo, ConstructorInvoker> Invokers = new();

    private readonly ConstructorInvoker? _constructor;
    private readonly IIndirectActorProducer? _producer;

    private Props(Type type, object?[] arguments, ConstructorInvoker? constructor, SupervisorStrategy? supervisorStrategy)
    {
        Type = type;
        Arguments = arguments;
        _constructor = constructor;
        SupervisorStrategy = supervisorStrategy;
    }

    private Props(IIndirectActorProducer producer, object?[] arguments)
        : this(producer.ActorType, arguments, null, null) => _producer = producer;

    private Props(Props other)
        : this(other.Type, other.Arguments, other._constructor, other.SupervisorStrategy)
    {
        _producer = other._producer;
        Dispatcher = other.Dispatcher;
        Mailbox = other.Mailbox;
    }

    public Type Type { get; }

    /// <summary>The constructor arguments. Every instance receives the same objects, including restarted ones.</summary>
    public object?[] Arguments { get; }

    /// <summary>The id of the dispatcher.</summary>
    public string Dispatcher { get; private init; } = Dispatchers.DefaultDispatcherId;

    /// <summary>The id of the mailbox. It has no effect: every mailbox is unbounded and supports a stash.</summary>
    public string Mailbox { get; private init; } = "";

    /// <summary>Replaces the actor's own strategy. Null: the actor's own strategy applies.</summary>
    public SupervisorStrategy? SupervisorStrategy { get; protected set; }

    /// <param name="factory">
    /// A <c>new</c> expression. Each argument is evaluated once, now. Every restart receives the same objects.
    /// </param>
    /// <exception cref="ArgumentException">The expression is not a constructor call.</exception>
    public static Props Create<TActor>(Expression<Func<TActor>> factory, SupervisorStrategy? supervisorStrategy = null)
        where TActor : ActorBase
    {
        if (factory.Body is not NewExpression { Constructor: { } constructor } call)
        {
            throw new ArgumentException("The create function must be a 'new T (args)' expression", nameof(factory));
        }

        object?[] arguments = [.. call.Arguments.Select(Evaluate)];
        return new Props(call.Type, arguments, Invokers.GetOrAdd(constructor, ConstructorInvoker.Create), supervisorStrategy);
    }

    public static Props Create<TActor>(params object[] args)
        where TActor : ActorBase => Create(typeof(TActor), args);

    public static Props Create<TActor>(SupervisorStrategy supervisorStrategy)
        where TActor : ActorBase, new() => new(typeof(TActor), [], null, supervisorStrategy);

    /// <param name="args">Selects a constructor of the type when an instance is created.</param>
    /// <exception cref="ArgumentException">The type is no actor.</exception>
    public static Props Create(Type type, params object[] args)
    {
        ArgumentNullException.ThrowIfNull(type);
        return typeof(ActorBase).IsAssignableFrom(type)
            ? new Props(type, args, null, null)
            : throw new ArgumentException($"{type} is not an actor: it does not derive from ActorBase.", nameof(type));
    }

    /// <summary>The producer makes each instance, and releases it when the actor stops or restarts.</summary>
    /// <param name="args">They are shown as <see cref="Arguments"/> only; the producer does not receive them.</param>
    public static Props CreateBy(IIndirectActorProducer producer, params object[] args) => new(producer, args);

    public Props WithDispatcher(string dispatcher) => new(this) { Dispatcher = dispatcher };

    public Props WithMailbox(string mailbox) => new(this) { Mailbox = mailbox };

    public Props WithSupervisorStrategy(SupervisorStrategy supervisorStrategy) => new(this) { SupervisorStrategy = supervisorStrategy };

    /// <summary>Creates an instance. Only the actor's cell may call it.</summary>
    public virtual ActorBase NewActor()
    {
        if (_producer is not null)
        {
            return _producer.Produce();
        }

        if (_constructor is not null)
        {
            return (ActorBase)_constructor.Invoke(Arguments.AsSpan());
        }

        const BindingFlags AnyConstructor = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance
            | BindingFlags.CreateInstance | BindingFlags.DoNotWrapExceptions;
        return (ActorBase)Activator.CreateInstance(Type, AnyConstructor, null, Arguments, null)!;
    }

    /// <summary>Gives an instance back to its producer, if it has one. Only the actor's cell may call it.</summary>
    internal void Release(ActorBase actor) => _producer?.Release(actor);

    /// <summary>
    /// Reads constants and captured variables directly. All other expressions are compiled for the interpreter, which is slower.
    /// </summary>
    private static object? Evaluate(Expression argument) => argument switch
    {
        ConstantExpression constant => constant.Value,
        MemberExpression { Member: FieldInfo field, Expression: ConstantExpression captured } => field.GetValue(captured.Value),
        _ => Expression.Lambda<Func<object?>>(Expression.Convert(argument, typeof(object))).Compile(preferInterpretation: true)(),
    };
}
