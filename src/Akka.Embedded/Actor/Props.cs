using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;

namespace Akka.Actor;

/// <summary>How to make an actor: its type, its constructor's arguments, and where it runs. Immutable.</summary>
public class Props
{
    private static readonly ConcurrentDictionary<ConstructorInfo, ConstructorInvoker> Invokers = new();

    private readonly ConstructorInvoker? _constructor;

    private Props(Type type, object?[] arguments, ConstructorInvoker? constructor, SupervisorStrategy? supervisorStrategy)
    {
        Type = type;
        Arguments = arguments;
        _constructor = constructor;
        SupervisorStrategy = supervisorStrategy;
    }

    private Props(Props other)
        : this(other.Type, other.Arguments, other._constructor, other.SupervisorStrategy)
    {
        Dispatcher = other.Dispatcher;
        Mailbox = other.Mailbox;
    }

    public Type Type { get; }

    /// <summary>The very objects that every instance is given, a restarted one as well.</summary>
    public object?[] Arguments { get; }

    /// <summary>The id of the dispatcher; empty for the default one.</summary>
    public string Dispatcher { get; private init; } = "";

    /// <summary>The id of the mailbox. Every mailbox here is unbounded and allows a stash, so the id has no effect.</summary>
    public string Mailbox { get; private init; } = "";

    /// <summary>What takes the place of the actor's own strategy, if anything.</summary>
    public SupervisorStrategy? SupervisorStrategy { get; protected set; }

    /// <param name="factory">
    /// <c>() => new T(arguments)</c>. It is read once: each argument is evaluated now, and every restart is given the same objects.
    /// </param>
    /// <exception cref="ArgumentException">The expression is anything but a call of a constructor.</exception>
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

    /// <param name="args">Matched to a constructor of the type when an instance is made.</param>
    public static Props Create(Type type, params object[] args) => typeof(ActorBase).IsAssignableFrom(type)
        ? new Props(type, args, null, null)
        : throw new ArgumentException($"{type} is not an actor: it does not derive from ActorBase.", nameof(type));

    public Props WithDispatcher(string dispatcher) => new(this) { Dispatcher = dispatcher };

    public Props WithMailbox(string mailbox) => new(this) { Mailbox = mailbox };

    public Props WithSupervisorStrategy(SupervisorStrategy supervisorStrategy) => new(this) { SupervisorStrategy = supervisorStrategy };

    /// <summary>Makes an instance. Only the cell it is for may call this.</summary>
    public virtual ActorBase NewActor()
    {
        if (_constructor is not null)
        {
            return (ActorBase)_constructor.Invoke(Arguments.AsSpan());
        }

        const BindingFlags AnyConstructor = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance
            | BindingFlags.CreateInstance | BindingFlags.DoNotWrapExceptions;
        return (ActorBase)Activator.CreateInstance(Type, AnyConstructor, null, Arguments, null)!;
    }

    /// <summary>Constants and captured variables are read directly; everything else costs an interpreter.</summary>
    private static object? Evaluate(Expression argument) => argument switch
    {
        ConstantExpression constant => constant.Value,
        MemberExpression { Member: FieldInfo field, Expression: ConstantExpression captured } => field.GetValue(captured.Value),
        _ => Expression.Lambda<Func<object?>>(Expression.Convert(argument, typeof(object))).Compile(preferInterpretation: true)(),
    };
}
