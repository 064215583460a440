using System.Collections;
using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Presentation;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Indexing;

/// <summary>How objects are copied, by their types. Only what is known to be safe is: of the system's types those that are listed here.</summary>
internal sealed class StatePlans
{
    private const BindingFlags OwnFields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    // Declarations, options and secrets: made before the first packet, and read from then on.
    private static readonly Type[] SharedTypes =
    [
        typeof(Protocol), typeof(Field), typeof(ProtocolRegistry), typeof(DecoderOptions), typeof(StreamOptions), typeof(CaptureInterface), typeof(TlsSecrets),
        typeof(string), typeof(MemberInfo), typeof(IPAddress), typeof(Encoding), typeof(CultureInfo), typeof(Regex), typeof(Lock),
    ];

    private static readonly FrozenSet<Type> Collections = new[]
    {
        typeof(List<>), typeof(Queue<>), typeof(Stack<>), typeof(LinkedList<>), typeof(LinkedListNode<>), typeof(Dictionary<,>), typeof(HashSet<>), typeof(SortedDictionary<,>),
        typeof(SortedList<,>), typeof(SortedSet<>), typeof(PriorityQueue<,>), typeof(StringBuilder), typeof(MemoryStream), typeof(BitArray), typeof(Stack), typeof(Queue),
    }.ToFrozenSet();

    private readonly Dictionary<Type, StatePlan> _plans = [];

    /// <summary>How objects of a type are copied.</summary>
    public StatePlan Of(Type type)
    {
        if (!_plans.TryGetValue(type, out StatePlan? plan))
        {
            plan = Make(type);
            _plans[type] = plan;
        }

        return plan;
    }

    private StatePlan Make(Type type)
    {
        if (type == typeof(object) || SharedTypes.Any(t => t.IsAssignableFrom(type)) || type.Namespace is "System.Collections.Frozen" or "System.Collections.Immutable" || IsComparer(type))
        {
            return StatePlan.Shared;
        }

        if (type.IsArray)
        {
            Type element = type.GetElementType()!;
            bool isRefused = type.GetArrayRank() != 1 || HasPointer(element);
            return isRefused ? StatePlan.Refused : new StatePlan(StateKind.Array, [], BytesOf(element), MayRefer(element));
        }

        if (typeof(Delegate).IsAssignableFrom(type))
        {
            return new StatePlan(StateKind.Function, [], 0, false);
        }

        if (IsOurs(type) && typeof(ICloneable).IsAssignableFrom(type))
        {
            return new StatePlan(StateKind.Cloneable, [], 0, false);
        }

        if (HasPointer(type) || !(type.IsValueType || IsOurs(type) || IsCollection(type)) || !KeysStay(type))
        {
            return StatePlan.Refused;
        }

        FieldInfo[] references = [.. FieldsOf(type).Where(f => MayRefer(f.FieldType))];
        return new StatePlan(StateKind.Fields, references, 0, references.Length > 0);
    }

    // NetLab.Osi, and who is written against it.
    private static bool IsOurs(Type type) =>
        type.Assembly == typeof(StatePlans).Assembly || type.Assembly.GetReferencedAssemblies().Any(a => a.Name == typeof(StatePlans).Assembly.GetName().Name);

    private static bool IsCollection(Type type)
    {
        Type known = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        return Collections.Contains(known) || (known.DeclaringType is { } outer && Collections.Contains(outer));
    }

    private static bool IsComparer(Type type) => !IsOurs(type) && type.GetInterfaces().Any(i =>
        i.IsGenericType && (i.GetGenericTypeDefinition() == typeof(IEqualityComparer<>) || i.GetGenericTypeDefinition() == typeof(IComparer<>)));

    // Where a key is found by which object it is, its copy would not be found.
    private bool KeysStay(Type type)
    {
        if (!type.IsGenericType || type.GetGenericTypeDefinition() is var known && known != typeof(Dictionary<,>) && known != typeof(HashSet<>))
        {
            return true;
        }

        return Stays(type.GetGenericArguments()[0]);
    }

    private bool Stays(Type key) =>
        !MayRefer(key) || (key.IsValueType ? FieldsOf(key).All(f => Stays(f.FieldType)) : Of(key).Kind == StateKind.Shared && key != typeof(object));

    private static bool MayRefer(Type type) => !type.IsPrimitive && !type.IsEnum && !type.IsPointer && (!type.IsValueType || FieldsOf(type).Any(f => MayRefer(f.FieldType)));

    // What points outside of the objects that the runtime knows has an owner, and a copy would be a second one.
    private static bool HasPointer(Type type) =>
        type.IsPointer || type.IsFunctionPointer || type == typeof(nint) || type == typeof(nuint)
        || (!type.IsPrimitive && !type.IsEnum && FieldsOf(type).Any(f => f.FieldType.IsPointer || f.FieldType == typeof(nint) || (f.FieldType.IsValueType && f.FieldType != type && HasPointer(f.FieldType))));

    private static int BytesOf(Type element)
    {
        if (!element.IsValueType)
        {
            return nint.Size;
        }

        return element.IsPrimitive || element.IsEnum
            ? Type.GetTypeCode(element) switch { TypeCode.Byte or TypeCode.SByte or TypeCode.Boolean => 1, TypeCode.Int16 or TypeCode.UInt16 or TypeCode.Char => 2, TypeCode.Int64 or TypeCode.UInt64 or TypeCode.Double => 8, _ => 4 }
            : FieldsOf(element).Sum(f => BytesOf(f.FieldType));
    }

    private static IEnumerable<FieldInfo> FieldsOf(Type type)
    {
        for (Type? at = type; at is not null && at != typeof(object) && at != typeof(ValueType); at = at.BaseType)
        {
            foreach (FieldInfo field in at.GetFields(OwnFields))
            {
                yield return field;
            }
        }
    }
}
